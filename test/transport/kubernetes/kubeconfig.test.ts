import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {beforeEach, describe, expect, onTestFinished, test} from 'vitest';
import {
	type ContextChoice,
	chooseContext,
	contextNames,
	listContexts,
	plainNames,
	shownName,
} from '../../../source/transport/kubernetes/kube-context.ts';
import {type KubeconfigPlace, readKubeconfig} from '../../../source/transport/kubernetes/kubeconfig-files.ts';
import {thrown} from '../failure.ts';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'etcdtop-kubeconfig-'));
	onTestFinished(() => rmSync(folder, {recursive: true}));
});

function write(name: string, text: string): string {
	const path = join(folder, name);
	mkdirSync(join(path, '..'), {recursive: true});
	writeFileSync(path, text);
	return path;
}

const read = (place: Partial<KubeconfigPlace>) =>
	readKubeconfig({environment: {HOME: folder}, serviceAccountFolder: folder, ...place});
const choose = (place: Partial<KubeconfigPlace>, choice: Partial<ContextChoice> = {}) =>
	chooseContext(read(place), {environment: {}, ...choice});

const west = `
apiVersion: v1
kind: Config
current-context: west
contexts:
- {name: west, context: {cluster: west, user: ana, namespace: tools}}
- {name: east, context: {cluster: east, user: ana}}
clusters:
- {name: west, cluster: {server: 'https://api.west:6443/', certificate-authority: pki/ca.crt, tls-server-name: api}}
- {name: east, cluster: {server: 'https://api.east:6443', insecure-skip-tls-verify: true, proxy-url: 'http://proxy:3128'}}
users:
- {name: ana, user: {token: west-token}}
`;

const north = `
current-context: north
contexts:
- {name: north, context: {cluster: north, user: ana}}
- {name: west, context: {cluster: north, user: ana}}
clusters:
- {name: north, cluster: {server: 'https://api.north:6443'}}
users:
- {name: ana, user: {token: north-token}}
`;

describe('which files', () => {
	test('--kubeconfig before KUBECONFIG before ~/.kube/config', () => {
		write('.kube/config', west);
		const other = write('north', north);
		expect(choose({}).name).toBe('west');
		expect(choose({environment: {HOME: folder, KUBECONFIG: other}}).name).toBe('north');
		expect(choose({kubeconfig: join(folder, '.kube/config'), environment: {HOME: folder, KUBECONFIG: other}}).name).toBe('west');
	});

	test('of several files the first that names something counts, and those that are missing are passed over', () => {
		const files = [join(folder, 'missing'), write('a/west', west), write('b/north', north)];
		const environment = {HOME: folder, KUBECONFIG: files.join(delimiter)};
		expect(choose({environment})).toMatchObject({
			name: 'west',
			cluster: {server: 'https://api.west:6443'},
			user: {token: 'west-token'},
		});
		expect(choose({environment}, {context: 'north'})).toMatchObject({cluster: {name: 'north'}, user: {token: 'west-token'}});
		expect(contextNames(read({environment}))).toEqual(['west', 'east', 'north']);
	});

	test('paths belong to the file that holds them', () => {
		const path = write('a/west', west);
		expect(choose({kubeconfig: path}).cluster.caFile).toBe(join(folder, 'a/pki/ca.crt'));
	});

	test('a credential plugin with a path is found from its file, one without in PATH', () => {
		const user = (command: string) =>
			`${west.replace('{token: west-token}', `{exec: {apiVersion: client.authentication.k8s.io/v1, command: ${command}, args: [get], env: [{name: A, value: b}]}}`)}`;
		expect(choose({kubeconfig: write('a/one', user('./login'))}).user.plugin).toMatchObject({
			command: join(folder, 'a/login'),
			args: ['get'],
			env: {A: 'b'},
		});
		expect(choose({kubeconfig: write('a/two', user('login'))}).user.plugin?.command).toBe('login');
	});

	test('without any, the service account of the pod that it runs in', () => {
		write('token', 'secret');
		write('namespace', 'upkeep');
		const environment = {HOME: folder, KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443'};
		expect(choose({environment})).toMatchObject({
			name: 'in-cluster',
			namespace: 'upkeep',
			cluster: {server: 'https://[fd00::1]:443', caFile: join(folder, 'ca.crt')},
			user: {tokenFile: join(folder, 'token')},
		});
	});
});

describe('what is wrong is said with its place', () => {
	test.each([
		['no file that was asked for', () => read({kubeconfig: '/nowhere/config'}), '/nowhere/config: there is no such file'],
		['a folder', () => read({kubeconfig: folder}), /: it is a directory$/],
		['no file at all', () => read({}), /^no kubeconfig: .*.kube.config is not there or empty$/],
		['bad YAML', () => read({kubeconfig: write('bad', 'contexts:\n- name: "a\n  b: [')}), /bad: not YAML in line \d: /],
		['a list', () => read({kubeconfig: write('list', '- a')}), 'it holds no kubeconfig'],
		[
			'no context',
			() => choose({kubeconfig: write('none', 'clusters: [{name: a, cluster: {server: https://a}}]')}),
			'no current context',
		],
		[
			'a context without its cluster',
			() => choose({kubeconfig: write('half', 'current-context: a\ncontexts: [{name: a, context: {cluster: b, user: c}}]')}),
			'context a names cluster b, which is not there',
		],
		[
			'a cluster without a server',
			() => choose({kubeconfig: write('serverless', west.replace("server: 'https://api.west:6443/', ", ''))}),
			'cluster west has no server',
		],
		['escape sequences', () => read({kubeconfig: '/nowhere/\x1b[31mred'}), '/nowhere/red: there is no such file'],
	])('%s', (_, call, message) => {
		expect(thrown(call).message).toMatch(message);
	});

	test.runIf(process.getuid?.() !== 0)('a file that may not be read', () => {
		const path = write('closed', west);
		chmodSync(path, 0);
		expect(thrown(() => read({kubeconfig: path})).message).toContain('you may not read it');
	});

	test('an unknown context, with the nearest', () => {
		const failure = thrown(() => choose({kubeconfig: write('west', west)}, {context: 'wets'}));
		expect(failure.message).toBe(`no context wets in ${folder}/west`);
		expect(failure.nextStep).toBe('Did you mean west? There are west, east.');
	});
});

describe('a context', () => {
	test('takes namespace and impersonation from the flags before the file', () => {
		const kubeconfig = write('west', west);
		expect(choose({kubeconfig})).toMatchObject({namespace: 'tools', cluster: {tlsServerName: 'api', skipTlsVerify: false}});
		expect(choose({kubeconfig}, {namespace: 'etcd', as: 'system:admin'})).toMatchObject({
			namespace: 'etcd',
			user: {impersonate: 'system:admin'},
		});
	});

	test('goes through its own proxy, else through HTTPS_PROXY', () => {
		const kubeconfig = write('west', west);
		const environment = {HTTPS_PROXY: 'other:8080'};
		expect(choose({kubeconfig}, {environment}).cluster.proxyUrl).toBe('http://other:8080');
		expect(choose({kubeconfig}, {environment, context: 'east'}).cluster.proxyUrl).toBe('http://proxy:3128');
		expect(choose({kubeconfig}).cluster).not.toHaveProperty('proxyUrl');
	});

	test('knows tokenFile, whatever the name it goes by', () => {
		const kubeconfig = write('west', west.replace('token: west-token', 'tokenFile: t'));
		expect(choose({kubeconfig}).user).toEqual({name: 'ana', tokenFile: join(folder, 't')});
	});
});

test('a name with characters that nobody sees passes for no other one', () => {
	const kubeconfig = write('a', west.replaceAll('name: east', 'name: "we\\u200Bst"'));
	const config = read({kubeconfig});
	expect(plainNames(config)).toEqual(['west']);
	expect(listContexts(config).map(({name}) => name)).toEqual(['west', 'west (with hidden characters)']);
	expect([shownName('west'), shownName('we\x1b[8mst')]).toEqual(['west', 'west (with hidden characters)']);
});
