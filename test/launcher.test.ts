import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, onTestFinished, test} from 'vitest';

const launcher = fileURLToPath(new URL('../bin/etcdtop.js', import.meta.url));

/** Makes the launcher believe that it runs on Node 20. */
const oldNode = [
	'--import',
	"data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})",
];

test('without a build it says how to make one', async () => {
	const checkout = fakeCheckout();
	expect(await launch(checkout, [])).toEqual({code: 1, output: 'etcdtop is not built yet: run `npm run build`.\n'});
});

test("starts the build with the caller's arguments and React's production build", async () => {
	const checkout = fakeCheckout({main: 'console.log(process.env.NODE_ENV, process.argv.slice(2)); process.exitCode = 3;'});
	expect(await launch(checkout, [], ['status', '-w', 'json'])).toEqual({
		code: 3,
		output: "production [ 'status', '-w', 'json' ]\n",
	});
});

test('an old Node with no newer one beside it says what is needed', async () => {
	const checkout = fakeCheckout({main: ''});
	const {code, output} = await launch(checkout, oldNode);
	expect(code).toBe(1);
	expect(output).toMatch(/^etcdtop needs Node\.js 22\.19 or newer; this is v[\d.]+\. Install .*\n$/);
});

test('an old Node hands over to the one that npm brought, and passes its exit code on', async () => {
	const checkout = fakeCheckout({main: 'console.log(process.argv.slice(2)); process.exitCode = 4;', runtime: true});
	expect(await launch(checkout, oldNode, ['status'])).toEqual({code: 4, output: "[ 'status' ]\n"});
});

test('killed, the old Node takes the program with it', async () => {
	const main =
		"process.on('SIGHUP', () => { console.log('hangup'); process.exit(); }); setInterval(() => {}, 1000); console.log('up');";
	const checkout = fakeCheckout({main, runtime: true});
	const started = spawn(process.execPath, [...oldNode, join(checkout, 'bin/etcdtop.js')]);
	const [up] = (await once(started.stdout, 'data')) as [Buffer];
	expect(up.toString()).toBe('up\n');
	started.kill('SIGKILL');
	// The pipe is the program's as well: it ends when both have.
	const rest = await started.stdout.toArray();
	expect(Buffer.concat(rest).toString()).toBe('hangup\n');
});

function fakeCheckout({main, runtime = false}: {main?: string; runtime?: boolean} = {}): string {
	const checkout = mkdtempSync(join(tmpdir(), 'etcdtop-launcher-'));
	onTestFinished(() => rmSync(checkout, {recursive: true}));
	cpSync(launcher, join(checkout, 'bin/etcdtop.js'));
	writeFileSync(join(checkout, 'package.json'), '{"type": "module"}');
	if (main !== undefined) {
		mkdirSync(join(checkout, 'dist'));
		writeFileSync(join(checkout, 'dist/main.js'), main);
	}
	if (runtime) {
		const folder = join(checkout, `node_modules/node-${process.platform}-${process.arch}/bin`);
		mkdirSync(folder, {recursive: true});
		writeFileSync(join(folder, 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
		chmodSync(join(folder, 'node'), 0o755);
	}
	return checkout;
}

async function launch(
	checkout: string,
	nodeArguments: readonly string[],
	programArguments: readonly string[] = [],
): Promise<{code: number; output: string}> {
	const child = spawn(process.execPath, [...nodeArguments, join(checkout, 'bin/etcdtop.js'), ...programArguments]);
	const chunks: Buffer[] = [];
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (chunk: Buffer) => chunks.push(chunk));
	}
	const [code] = (await once(child, 'close')) as [number];
	return {code, output: Buffer.concat(chunks).toString()};
}
