import {chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
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

test.skipIf(!hasApt)(
	"unpacks the distribution's package once and finds it again",
	{timeout: 120_000},
	async ({folder, expect}) => {
		// Every program of this machine but etcd and etcdctl.
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
