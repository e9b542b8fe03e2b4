import {execFileSync} from 'node:child_process';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {test as plainTest} from 'vitest';
import {EtcdNotFoundError, etcdVersion, findEtcd} from '../../source/demo/etcd-binary.ts';

const path = (process.env.PATH ?? '').split(delimiter);
const hasApt = path.some((folder) => readdirOrNone(folder).includes('apt-get'));

const test = plainTest.extend<{folder: string}>({
	// biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
	folder: async ({}, use) => {
		const folder = mkdtempSync(join(tmpdir(), 'etcdtop-binary-'));
		await use(folder);
		rmSync(folder, {recursive: true, force: true});
	},
});

test('takes the first etcd in PATH that runs', async ({folder, expect}) => {
	const programs = ['broken', 'good', 'later'].map((name) => fakeProgram(join(folder, name), 'etcd', name !== 'broken'));
	const environment = {PATH: ['broken', 'good', 'later'].map((name) => join(folder, name)).join(delimiter)};
	expect(await findEtcd({environment, cacheDirectory: folder})).toEqual({etcd: programs[1]});
});

test('without etcd, apt and cache it says in one sentence what to install', async ({folder, expect}) => {
	const finding = findEtcd({environment: {PATH: folder}, cacheDirectory: join(folder, 'cache')});
	await expect(finding).rejects.toThrow(EtcdNotFoundError);
	await expect(finding).rejects.toThrow(/^etcd was not found[^.]*etcd-server and etcd-client[^.]* in PATH\.$/);
	expect(readdirSync(join(folder, 'cache'))).toEqual([]);
});

test('a cache that can not be written is no defect, and /proc no place to wait for ever', async ({folder, expect}) => {
	writeFileSync(join(folder, 'file'), '');
	for (const cacheDirectory of [join(folder, 'file'), '/proc/etcdtop/cache']) {
		await expect(findEtcd({environment: {PATH: folder}, cacheDirectory})).rejects.toThrow(EtcdNotFoundError);
	}
});

/** What apt is asked for until it is given up; the last only where it may. */
const attempts = ['download', 'update', 'download', ...(process.getuid?.() === 0 ? ['install'] : [])];

test.skipIf(!hasApt)(
	'where apt has no such package it is asked for it in every way, and nothing is left',
	async ({folder, expect}) => {
		const {environment, asked} = standInApt(folder, 'exit 100');
		await expect(findEtcd({environment, cacheDirectory: join(folder, 'cache')})).rejects.toThrow(EtcdNotFoundError);
		expect(asked()).toEqual(attempts);
		expect(readdirSync(join(folder, 'cache'))).toEqual([]);
	},
);

test.skipIf(!hasApt)('what apt downloads is unpacked, and used', async ({folder, expect}) => {
	const {environment, asked} = standInApt(folder, `[ "$verb" = download ] && cp ${fakePackage(folder)} .`);
	const {etcd} = await findEtcd({environment, cacheDirectory: join(folder, 'cache')});
	expect(etcd).toBe(join(folder, 'cache/etcd/usr/bin/etcd'));
	expect(await etcdVersion(etcd)).toBe('9.9.9');
	expect(asked()).toEqual(['download']);
});

test.skipIf(!hasApt)('whoever leaves while apt is at work ends it, and gets nothing installed', async ({folder, expect}) => {
	const {environment, asked} = standInApt(folder, 'exec sleep 60');
	const leaving = new AbortController();
	const finding = findEtcd({environment, cacheDirectory: join(folder, 'cache'), signal: leaving.signal});
	await expect.poll(asked).toEqual(['download']);
	leaving.abort();
	await expect(finding).rejects.toThrow(/aborted/);
	expect(asked()).not.toContain('install');
	expect(readdirSync(join(folder, 'cache'))).toEqual([]);
});

test.skipIf(!hasApt)(
	"unpacks the distribution's package once and finds it again",
	{timeout: 120_000},
	async ({folder, expect}) => {
		const everythingElse = withoutEtcd(folder);
		const said: string[] = [];
		const options = {
			etcdctl: true,
			environment: {...process.env, PATH: everythingElse},
			cacheDirectory: join(folder, 'cache'),
			say: (sentence: string) => said.push(sentence),
		};
		const programs = await findEtcd(options);
		expect(programs.etcd.startsWith(join(folder, 'cache'))).toBe(true);
		expect(await etcdVersion(programs.etcd)).toMatch(/^3\.\d+\.\d+/);
		expect(await findEtcd(options)).toEqual(programs);
		expect(said).toHaveLength(1);
		expect(readdirSync(join(folder, 'cache'))).toEqual(['etcd']);
	},
);

/** A folder with every program of this machine but etcd and etcdctl. */
function withoutEtcd(folder: string): string {
	const everythingElse = join(folder, 'bin');
	mkdirSync(everythingElse);
	const linked = new Set<string>();
	for (const source of [...path, '/usr/sbin', '/sbin']) {
		for (const name of readdirOrNone(source)) {
			if (!name.startsWith('etcd') && !linked.has(name)) {
				linked.add(name);
				symlinkSync(join(source, name), join(everythingElse, name));
			}
		}
	}
	return everythingElse;
}

/** An apt-get that does what the test says; `asked` are its verbs so far. */
function standInApt(folder: string, does: string): {environment: NodeJS.ProcessEnv; asked: () => string[]} {
	const others = withoutEtcd(folder);
	const log = join(folder, 'asked');
	const verb = 'for verb; do case $verb in download|update|install) break;; esac; done';
	rmSync(join(others, 'apt-get'));
	writeFileSync(join(others, 'apt-get'), `#!/bin/sh\n${verb}\necho "$verb" >> ${log}\n${does}\n`, {mode: 0o755});
	return {
		environment: {...process.env, PATH: others},
		asked: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
	};
}

/** A package of Debian's form with an etcd of version 9.9.9. */
function fakePackage(folder: string): string {
	const root = join(folder, 'package');
	mkdirSync(join(root, 'usr/bin'), {recursive: true});
	mkdirSync(join(root, 'DEBIAN'));
	writeFileSync(join(root, 'usr/bin/etcd'), '#!/bin/sh\necho "etcd Version: 9.9.9"\n', {mode: 0o755});
	const control = ['Package: etcd-server', 'Version: 9.9.9', 'Architecture: all', 'Maintainer: nobody', 'Description: a test'];
	writeFileSync(join(root, 'DEBIAN/control'), `${control.join('\n')}\n`);
	const file = join(folder, 'etcd-server.deb');
	execFileSync('dpkg-deb', ['--build', '--root-owner-group', root, file]);
	return file;
}

function fakeProgram(folder: string, name: string, runs: boolean): string {
	mkdirSync(folder, {recursive: true});
	const program = join(folder, name);
	writeFileSync(program, `#!/bin/sh\nexit ${runs ? 0 : 1}\n`);
	chmodSync(program, 0o755);
	return program;
}

function readdirOrNone(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}
