import {describe, expect, test} from 'vitest';
import {scenarios} from '../../source/demo/scenarios.ts';
import {flags} from '../../source/options/flags.ts';
import {parseOptions} from '../../source/options.ts';
import {UsageError} from '../../source/usage-error.ts';

const parse = (line: string, environment: Record<string, string> = {}) =>
	parseOptions(line === '' ? [] : line.split(' '), environment);

describe("etcdctl's flags, variables and defaults", () => {
	test('nothing given', () => {
		expect(parse('')).toMatchObject({
			command: 'monitor',
			operands: [],
			connection: {
				reach: 'either',
				endpoints: ['127.0.0.1:2379'],
				insecureSkipTlsVerify: false,
				insecureTransport: true,
				dialTimeoutMs: 2000,
				commandTimeoutMs: 5000,
			},
			intervalMs: 2000,
			color: 'auto',
			defragTimeoutMs: 600_000,
			cooldownMs: 60_000,
			writeOut: 'table',
		});
		for (const absent of ['cacert', 'cert', 'key', 'user', 'password']) {
			expect(parse('').connection).not.toHaveProperty(absent);
		}
	});

	test.each<[line: string, environment: Record<string, string>, connection: object]>([
		['--endpoints a:1,b:2', {}, {endpoints: ['a:1', 'b:2']}],
		['--endpoints a:1 --endpoints b:2', {}, {endpoints: ['a:1', 'b:2']}],
		['--endpoints=a:1,,', {}, {endpoints: ['a:1']}],
		['', {ETCDCTL_ENDPOINTS: 'a:1, b:2'}, {endpoints: ['a:1', 'b:2']}],
		['--endpoints c:3', {ETCDCTL_ENDPOINTS: 'a:1'}, {endpoints: ['c:3']}],
		['', {ETCDCTL_ENDPOINTS: ''}, {endpoints: ['127.0.0.1:2379']}],
		['--cacert ca --cert c --key k', {}, {cacert: 'ca', cert: 'c', key: 'k'}],
		['', {ETCDCTL_CACERT: 'ca', ETCDCTL_CERT: 'c', ETCDCTL_KEY: 'k'}, {cacert: 'ca', cert: 'c', key: 'k'}],
		['--insecure-skip-tls-verify', {}, {insecureSkipTlsVerify: true}],
		['--insecure-skip-tls-verify=true', {}, {insecureSkipTlsVerify: true}],
		['', {ETCDCTL_INSECURE_SKIP_TLS_VERIFY: 'true'}, {insecureSkipTlsVerify: true}],
		['--insecure-skip-tls-verify=false', {ETCDCTL_INSECURE_SKIP_TLS_VERIFY: '1'}, {insecureSkipTlsVerify: false}],
		['--insecure-transport=false', {}, {insecureTransport: false}],
		['--dial-timeout 1m30s --command-timeout 500ms', {}, {dialTimeoutMs: 90_000, commandTimeoutMs: 500}],
		['', {ETCDCTL_DIAL_TIMEOUT: '1.5s', ETCDCTL_COMMAND_TIMEOUT: '1h'}, {dialTimeoutMs: 1500, commandTimeoutMs: 3_600_000}],
		['--user root', {}, {user: 'root'}],
		['--user root:a:b', {}, {user: 'root', password: 'a:b'}],
		['--user ro:ot --password secret', {}, {user: 'ro:ot', password: 'secret'}],
		['', {ETCDCTL_USER: 'root', ETCDCTL_PASSWORD: 'secret'}, {user: 'root', password: 'secret'}],
		['--user me:mine', {ETCDCTL_USER: 'root', ETCDCTL_PASSWORD: 'secret'}, {user: 'me', password: 'mine'}],
		['--user me', {ETCDCTL_PASSWORD: 'secret'}, {user: 'me', password: 'secret'}],
	])('%s %j', (line, environment, connection) => {
		expect(parse(line, environment).connection).toMatchObject(connection);
	});
});

test.each<[line: string, options: object]>([
	['status -w json', {command: 'status', writeOut: 'json'}],
	['status -w=json', {writeOut: 'json'}],
	['status -wsimple', {writeOut: 'simple'}],
	['-w json status', {command: 'status', writeOut: 'json'}],
	['defrag etcd-0 etcd-1 -y', {command: 'defrag', operands: ['etcd-0', 'etcd-1'], yes: true, all: false}],
	['defrag --all --move-leader --allow-outage --dry-run', {all: true, moveLeader: true, allowOutage: true, dryRun: true}],
	['defrag --all --cooldown 5m --defrag-timeout 1h', {cooldownMs: 300_000, defragTimeoutMs: 3_600_000}],
	['alarm disarm etcd-0', {command: 'alarm', operands: ['disarm', 'etcd-0']}],
	['defrag --all --if-fragmented', {ifFragmented: {ratio: 0.45, dbSizeBytes: 100 * 1024 ** 2}}],
	['defrag --all --if-fragmented --yes', {ifFragmented: {ratio: 0.45, dbSizeBytes: 100 * 1024 ** 2}, yes: true}],
	['defrag --all --if-fragmented 30%', {ifFragmented: {ratio: 0.3, dbSizeBytes: 100 * 1024 ** 2}}],
	['defrag --all --if-fragmented 30 1.5Gi -y', {ifFragmented: {ratio: 0.3, dbSizeBytes: 1.5 * 1024 ** 3}, yes: true}],
	['defrag --all --if-fragmented=30%,512KiB', {ifFragmented: {ratio: 0.3, dbSizeBytes: 512 * 1024}}],
	['defrag --if-fragmented 30% 1000 etcd-0', {ifFragmented: {ratio: 0.3, dbSizeBytes: 1000}, operands: ['etcd-0']}],
	['defrag --if-fragmented etcd-0', {ifFragmented: {ratio: 0.45}, operands: ['etcd-0']}],
	['defrag 10.0.0.1:2379 --if-fragmented', {ifFragmented: {ratio: 0.45}, operands: ['10.0.0.1:2379']}],
	['compact --to-head', {command: 'compact', toHead: true}],
	['journal --state-dir /s', {command: 'journal', stateDirectory: '/s'}],
	['demo --scenario nospace --no-monitor --interval 1s', {scenario: 'nospace', noMonitor: true, intervalMs: 1000}],
	['--interval 60s --read-only --ascii --color never', {intervalMs: 60_000, readOnly: true, ascii: true, color: 'never'}],
	['--endpoints https://10.0.0.1:2379,b:1', {connection: {reach: 'direct', endpoints: ['https://10.0.0.1:2379', 'b:1']}}],
	['--context prod-eu', {connection: {reach: 'kubernetes', kubernetes: {context: 'prod-eu'}}}],
	[
		'--kubeconfig k -n etcd -l app=e -c e --as ana',
		{
			connection: {
				reach: 'kubernetes',
				kubernetes: {kubeconfig: 'k', namespace: 'etcd', selector: 'app=e', container: 'e', as: 'ana'},
			},
		},
	],
	['--via exec --request-timeout 3', {connection: {reach: 'kubernetes', kubernetes: {via: 'exec', requestTimeoutMs: 3000}}}],
	['--via direct', {connection: {reach: 'direct'}}],
	['--via ssh root@cp-1 status', {command: 'status', connection: {reach: 'ssh', sshHost: 'root@cp-1'}}],
	['status --via=ssh cp-1 -w json', {command: 'status', writeOut: 'json', connection: {reach: 'ssh', sshHost: 'cp-1'}}],
	['--local', {connection: {reach: 'local'}}],
	['--cluster-name prod', {clusterName: 'prod'}],
	['help', {command: 'monitor', help: true}],
	['help defrag', {command: 'defrag', help: true}],
	['defrag --help', {command: 'defrag', help: true}],
	['status etcd-0 -h', {command: 'status', help: true}],
	['--version', {version: true}],
	['status -- -odd', {}],
])('etcdtop %s', (line, options) => {
	const read = () => parse(line);
	if (line === 'status -- -odd') {
		expect(read).toThrow('"-odd" is too much');
	} else {
		expect(read()).toMatchObject(options);
	}
});

test.each<[line: string, message: string, environment?: Record<string, string>]>([
	['statu', 'there is no command "statu". Did you mean: etcdtop status?'],
	['defragment', 'there is no command "defragment". Did you mean: etcdtop defrag?'],
	['zzzzzzzzz', 'there is no command "zzzzzzzzz". etcdtop --help lists them.'],
	['--endpoint a', 'there is no flag --endpoint. Did you mean --endpoints?'],
	['status --wirte-out json', 'there is no flag --wirte-out. Did you mean --write-out?'],
	['-z', 'there is no flag -z. etcdtop --help lists them.'],
	['status --yes', '--yes does not belong to etcdtop status; etcdtop status --help lists what does.'],
	['--all', '--all does not belong to etcdtop; etcdtop --help lists what does.'],
	['journal --endpoints a', '--endpoints does not belong to etcdtop journal; etcdtop journal --help lists what does.'],
	['status etcd-0', '"etcd-0" is too much: etcdtop status takes no operands.'],
	['--endpoints', '--endpoints needs a value: --endpoints URL,….'],
	['--cacert --cert x', '--cacert needs a value: --cacert FILE.'],
	['--read-only=perhaps', '--read-only is a switch: write --read-only, or --read-only=false.'],
	['--interval 5', '--interval: "5" is no duration. Did you mean 5s?'],
	['--interval soon', '--interval: "soon" is no duration. Give a number with its unit, such as 5s, 1m30s or 500ms.'],
	['--interval 5s3', '--interval: "5s3" is no duration. Give a number with its unit, such as 5s, 1m30s or 500ms.'],
	['--interval 500ms', '--interval takes 1s to 60s.'],
	['--interval 61s', '--interval takes 1s to 60s.'],
	['--dial-timeout 0s', '--dial-timeout takes 1ms to 24h.'],
	['--defrag-timeout 25h', '--defrag-timeout takes 1s to 24h.'],
	[
		'--cooldown 59s',
		'--cooldown can be longer than 60s, never shorter: the cluster needs a minute to recover from each defragmentation.',
	],
	['defrag --all --if-fragmented 5%', '--if-fragmented: "5%" is no share of a file. Give 10% to 100%.'],
	['defrag --all --if-fragmented 101', '--if-fragmented: "101" is no share of a file. Give 10% to 100%.'],
	['defrag --all --if-fragmented=false', '--if-fragmented: "false" is no share of a file. Give 10% to 100%.'],
	['defrag --all --if-fragmented 45% 100MB', '--if-fragmented: "100MB" is no size. Give one such as 100MiB or 1GiB.'],
	['status --if-fragmented', '--if-fragmented does not belong to etcdtop status; etcdtop status --help lists what does.'],
	['--via ssh', '--via ssh needs a control-plane host: --via ssh USER@HOST.'],
	['--via ssh --read-only', '--via ssh needs a control-plane host: --via ssh USER@HOST.'],
	['--via telnet', '--via is "telnet"; it takes tunnel, exec, direct or ssh USER@HOST.'],
	['--via ssh cp-1 --context x', '--via ssh goes straight to etcd, --context through Kubernetes: give one of them.'],
	['--via ssh cp-1 --cacert f', '--via ssh finds etcd and its certificates by itself: leave --cacert away.'],
	['--local --endpoints a', '--local finds etcd and its certificates by itself: leave --endpoints away.'],
	['--local --via exec', '--local goes straight to etcd, --via exec through Kubernetes: give one of them.'],
	['--color red', '--color is "red"; it takes auto, always or never.'],
	['status -w yaml', '--write-out is "yaml"; it takes table, json or simple.'],
	['demo --scenario bliss', '--scenario is "bliss"; it takes steady, fragmented, nospace, slow-disk, member-down or single.'],
	['', 'ETCDCTL_DIAL_TIMEOUT: "2" is no duration. Did you mean 2s?', {ETCDCTL_DIAL_TIMEOUT: '2'}],
	['', 'ETCDCTL_INSECURE_SKIP_TLS_VERIFY is "yes"; it takes true or false.', {ETCDCTL_INSECURE_SKIP_TLS_VERIFY: 'yes'}],
])('refused: etcdtop %s', (line, message, environment = {}) => {
	const read = () => parse(line, environment);
	expect(read).toThrow(UsageError);
	expect(read).toThrow(message);
});

test('whoever asks for help is not told what is wrong with the environment', () => {
	expect(parse('--help', {ETCDCTL_DIAL_TIMEOUT: 'soon'})).toMatchObject({help: true});
});

test('a variable that the command has no use for is not looked at', () => {
	expect(parse('', {ETCDCTL_WRITE_OUT: 'protobuf'}).writeOut).toBe('table');
	expect(() => parse('status', {ETCDCTL_WRITE_OUT: 'protobuf'})).toThrow('ETCDCTL_WRITE_OUT is "protobuf"');
});

test('the scenarios that the flag takes are those that the demo has', () => {
	expect(flags.find(({name}) => name === 'scenario')?.choices).toEqual(Object.keys(scenarios));
});
