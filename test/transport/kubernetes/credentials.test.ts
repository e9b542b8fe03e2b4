import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {beforeEach, expect, onTestFinished, test, vi} from 'vitest';
import {Credentials} from '../../../source/transport/kubernetes/credentials.ts';
import type {CredentialPlugin, KubeContext} from '../../../source/transport/kubernetes/kube-context.ts';
import {failure} from '../failure.ts';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'etcdtop-credentials-'));
	onTestFinished(() => rmSync(folder, {recursive: true}));
});

function context(user: Omit<KubeContext['user'], 'name'>): KubeContext {
	return {
		name: 'west',
		cluster: {name: 'west', server: 'https://api.west:6443', skipTlsVerify: false},
		user: {name: 'ana', ...user},
	};
}

/** A plugin that runs `body` in Node, and counts how often it is run. */
function plugin(body: string, more: Partial<CredentialPlugin> = {}): {credentials: Credentials; runs: () => number} {
	const count = join(folder, 'count');
	writeFileSync(count, '');
	writeFileSync(
		join(folder, 'plugin.mjs'),
		`import fs from 'node:fs';\nfs.appendFileSync(${JSON.stringify(count)}, '.');\n${body}`,
	);
	const credentials = new Credentials(
		context({
			plugin: {
				command: process.execPath,
				args: [join(folder, 'plugin.mjs')],
				env: {},
				apiVersion: 'client.authentication.k8s.io/v1',
				provideClusterInfo: false,
				alwaysAsks: false,
				...more,
			},
		}),
	);
	return {credentials, runs: () => readFileSync(count, 'utf8').length};
}

const print = (status: string) => `console.log(JSON.stringify({kind: 'ExecCredential', status: ${status}}))`;

test('a plugin is told what it is for, run once, and again when its token is refused', async () => {
	const {credentials, runs} = plugin(
		`const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO); ${print('{token: info.spec.cluster.server + process.env.TAIL}')}`,
		{
			provideClusterInfo: true,
			env: {TAIL: '!'},
		},
	);
	const [one, other] = await Promise.all([credentials.get(), credentials.get()]);
	expect([one, other, await credentials.get()]).toEqual(Array(3).fill({token: 'https://api.west:6443!'}));
	expect(runs()).toBe(1);
	credentials.forget();
	await credentials.get();
	expect(runs()).toBe(2);
});

test('a token that ends is got again before it does', async () => {
	const {credentials, runs} = plugin(print('{token: "t", expirationTimestamp: new Date(Date.now() + 60_000).toISOString()}'));
	await credentials.get();
	await credentials.get();
	expect(runs()).toBe(1);
	vi.useFakeTimers({now: Date.now() + 55_000, toFake: ['Date']});
	onTestFinished(() => void vi.useRealTimers());
	await credentials.get();
	expect(runs()).toBe(2);
});

test('a plugin that reads from the keyboard finds it empty', async () => {
	const {credentials} = plugin(print('{token: "read " + fs.readFileSync(0, "utf8").length}'));
	expect(await credentials.get()).toEqual({token: 'read 0'});
});

test('a certificate comes with its key', async () => {
	const {credentials} = plugin(print('{clientCertificateData: "c", clientKeyData: "k"}'));
	const options = {};
	await credentials.apply(options);
	expect(options).toEqual({cert: 'c', key: 'k'});
});

test.each([
	['console.error("warming up\\nno session\\x1b[0m"); process.exit(3)', {}, 'failed: no session'],
	['console.log("hello")', {}, 'printed no JSON'],
	[print('{}'), {}, 'gave neither token nor certificate'],
	['', {command: 'no-such-plugin'}, 'the credential plugin no-such-plugin is not installed'],
	['', {alwaysAsks: true}, 'wants to ask you something'],
] as const)('%s', async (body, more, message) => {
	const {kind, message: said} = await failure(plugin(body, more).credentials.get());
	expect({kind, said}).toEqual({kind: 'unauthenticated', said: expect.stringContaining(message)});
});

test('the hint of a plugin that is missing is what to do next', async () => {
	const {credentials} = plugin('', {command: 'no-such-plugin', installHint: 'Get it at example.com'});
	expect((await failure(credentials.get())).nextStep).toBe('Get it at example.com');
});

test('a token file is read again after a while, without the newline at its end', async () => {
	const tokenFile = join(folder, 'token');
	writeFileSync(tokenFile, 'one\n');
	const credentials = new Credentials(context({tokenFile}));
	expect(await credentials.get()).toEqual({token: 'one'});
	writeFileSync(tokenFile, 'two\n');
	expect(await credentials.get()).toEqual({token: 'one'});
	vi.useFakeTimers({now: Date.now() + 61_000, toFake: ['Date']});
	onTestFinished(() => void vi.useRealTimers());
	expect(await credentials.get()).toEqual({token: 'two'});
	rmSync(tokenFile);
	credentials.forget();
	expect((await failure(credentials.get())).message).toContain('there is no such file');
});
