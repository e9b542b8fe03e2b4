/**
 * `npm test`: build, lint, types and every test, against real etcd processes; the tests that wait real cooldowns run beside
 * the others. `npm run test:versions` (`--versions`): the suites that use a real etcd, over every version that can be had.
 * Plain JavaScript, so that a Node that is too old can say so.
 */
import {spawn} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cacheDirectory = join(root, 'node_modules/.cache');

/** A run that takes longer is a defect of its own: everything is ended, and it counts as a failure. */
const limitMs = 10 * 60 * 1000;

const neededNode = [22, 19];
const [major, minor] = process.versions.node.split('.').map(Number);
console.log(`Node.js ${process.version}`);
if (major < neededNode[0] || (major === neededNode[0] && minor < neededNode[1])) {
	console.error(
		`The tests need Node.js ${neededNode.join('.')} or newer: run them as \`npm test\`, which uses the one that \`npm ci\` brought.`,
	);
	process.exit(1);
}

/** Nothing of the person's own setup reaches a test, and no test reaches the person's journal. */
const work = await mkdtemp(join(tmpdir(), 'etcdtop-test-'));
const environment = {
	...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ETCD_|ETCDCTL_|NO_COLOR$|FORCE_COLOR$)/.test(name))),
	PATH: [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
	XDG_STATE_HOME: join(work, 'state'),
	XDG_CACHE_HOME: cacheDirectory,
};

const running = new Set();
const overdue = setTimeout(() => {
	console.error(`Not done after ${limitMs / 60_000} minutes: ending it.`);
	for (const child of running) {
		child.kill('SIGTERM');
		setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
	}
}, limitMs);

const totals = {passed: 0, failed: 0, skipped: 0};
try {
	await (process.argv.includes('--versions') ? testVersions() : testEverything());
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	totals.failed++;
} finally {
	clearTimeout(overdue);
	await rm(work, {recursive: true, force: true});
}
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);

async function testEverything() {
	await step('build', ['source/build.js']);
	await step('lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']);
	await step('types', ['node_modules/typescript/bin/tsc']);
	const {findEtcd} = await import('../source/demo/etcd-binary.ts');
	const programs = await findEtcd({etcdctl: true, cacheDirectory, say: console.log});
	await sayVersion(programs);
	const {bringSshd} = await import('./helpers/bring-sshd.ts');
	await bringSshd(console.log);
	const path = {PATH: withFolderOf(programs, environment.PATH)};
	// The waits first, so that they are over when the rest is.
	const cooldown = vitest('cooldown', ['--project', 'cooldown', '--passWithNoTests'], path, 'pipe');
	await vitest('rest', ['--project', 'rest'], path, 'inherit');
	console.log('\nThe tests that wait real cooldowns:');
	process.stdout.write(await cooldown);
}

async function testVersions() {
	await step('build', ['source/build.js']);
	const {findEtcd, findEtcdOfSuite} = await import('../source/demo/etcd-binary.ts');
	const files = await filesWithRealEtcd();
	clearTimeout(overdue); // Every version takes its own time.
	const found = [await findEtcd({etcdctl: true, cacheDirectory, say: console.log})];
	// The first is the oldest suite with an etcd 3.5, the second carries the newest there is.
	for (const suite of ['trixie', 'unstable']) {
		console.log(`Looking for the etcd of ${suite} …`);
		const programs = await findEtcdOfSuite(suite, cacheDirectory);
		if (programs === undefined) {
			console.log(`It can't be had here: left out.`);
		} else {
			found.push(programs);
		}
	}
	for (const [index, programs] of found.entries()) {
		await sayVersion(programs);
		await vitest(
			`version-${index}`,
			['--project', 'rest', ...files],
			{PATH: withFolderOf(programs, environment.PATH)},
			'inherit',
		);
	}
}

/** One of the checks before the tests. A failed build ends everything; the others are counted, and the tests go on. */
async function step(name, nodeArguments) {
	console.log(`\n${name}`);
	const {code} = await run(nodeArguments, environment, 'inherit');
	if (code !== 0) {
		if (name === 'build') {
			throw new Error('The build failed, so nothing was tested.');
		}
		console.error(`${name} failed.`);
		totals.failed++;
	}
}

/** Runs vitest and adds to the totals; returns what it printed when that was kept back. */
async function vitest(name, flags, extraEnvironment, output) {
	const report = join(work, `${name}.json`);
	const {code, printed} = await run(
		[
			'node_modules/vitest/vitest.mjs',
			'run',
			'--config=test/vitest.config.ts',
			'--reporter=default',
			'--reporter=json',
			`--outputFile.json=${report}`,
			...flags,
		],
		{...environment, ...extraEnvironment},
		output,
	);
	const counts = JSON.parse(await readFile(report, 'utf8').catch(() => '{}'));
	const failed = counts.numFailedTests ?? 0;
	totals.passed += counts.numPassedTests ?? 0;
	totals.skipped += (counts.numPendingTests ?? 0) + (counts.numTodoTests ?? 0);
	// A file that could not be loaded, or an error between the tests, is in no test's name.
	totals.failed += code !== 0 && failed === 0 ? 1 : failed;
	return printed;
}

function run(nodeArguments, env, output) {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, nodeArguments, {cwd: root, env, stdio: ['ignore', output, output]});
		running.add(child);
		const chunks = [];
		child.stdout?.on('data', (chunk) => chunks.push(chunk));
		child.stderr?.on('data', (chunk) => chunks.push(chunk));
		child.on('error', reject);
		child.on('close', (code) => {
			running.delete(child);
			resolve({code, printed: Buffer.concat(chunks).toString()});
		});
	});
}

async function sayVersion({etcd}) {
	const {etcdVersion} = await import('../source/demo/etcd-binary.ts');
	console.log(`\netcd ${await etcdVersion(etcd)}: ${etcd}`);
}

function withFolderOf({etcd}, path) {
	return [dirname(process.execPath), dirname(etcd), path].join(delimiter);
}

/** The test files that start clusters: by the helper, or end to end by the program. */
async function filesWithRealEtcd() {
	const {glob} = await import('node:fs/promises');
	const files = [];
	for await (const file of glob('test/**/*.test.{ts,tsx}', {cwd: root})) {
		const usesEtcd = file.startsWith('test/e2e/') || (await readFile(join(root, file), 'utf8')).includes('helpers/cluster.ts');
		if (usesEtcd && !file.includes('.cooldown.')) {
			files.push(file);
		}
	}
	return files;
}
