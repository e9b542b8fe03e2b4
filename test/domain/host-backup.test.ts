import {describe, expect, it} from 'vitest';
import type {Alarm} from '../../source/domain/alarm.ts';
import {diskRefusal, hostDirectoryFault, leftByScript, newBackup, scriptFailure} from '../../source/domain/host-backup.ts';
import {hostBackupGates, hostBackupWord} from '../../source/domain/host-backup-gates.ts';
import {chooseHost, type HostChoiceInput, type HostMember} from '../../source/domain/host-choice.ts';
import {
	type EncryptionSigns,
	type HostCircumstances,
	mayBeEncrypted,
	migrationSigns,
	proxyVariables,
} from '../../source/domain/host-circumstances.ts';

const file = (name: string, bytes = 100) => ({name, bytes});
const snapshot = file('snapshot_2026-11-27_093000.db');
const resources = file('static_kuberesources_2026-11-27_093000.tar.gz');
const older = [file('snapshot_2026-11-20_093000.db'), file('static_kuberesources_2026-11-20_093000.tar.gz')];

describe('the files of a backup', () => {
	it('are the two that are new, of one time', () => {
		expect(newBackup(older, [...older, snapshot, resources])).toEqual({stamp: '2026-11-27_093000', snapshot, resources});
	});

	it.each([
		['one is missing', [...older, resources], 'no new snapshot_<time>.db'],
		['both are old', older, 'no new snapshot_<time>.db and no new static_kuberesources'],
		['of two times', [snapshot, file('static_kuberesources_2026-11-27_093001.tar.gz')], 'different times'],
		['two backups at once', [snapshot, resources, file('snapshot_2026-11-27_093007.db')], 'more than one backup'],
		['an empty one', [file(snapshot.name, 0), resources], 'is empty'],
		['half a one', [file(`${snapshot.name}.part`), resources], 'no new snapshot'],
		['made by force', [file('snapshot_2026-11-27_093000__POSSIBLY_DIRTY__.db'), resources], 'no new snapshot'],
	])('are none: %s', (_, after, why) => {
		expect(newBackup(older, after)).toEqual({why: expect.stringContaining(why)});
	});

	it('that are half done are known by their names, and nothing else is', () => {
		const half = file(`${snapshot.name}.part`);
		expect(leftByScript(older, [...older, half, resources, file('snapshot_of_ana.db'), file('keys.txt')])).toEqual([
			half.name,
			resources.name,
		]);
	});
});

describe('the script', () => {
	const directory = '/home/core/assets/backup';
	const last = `snapshot db and kube resources are successfully saved to ${directory}`;

	it('succeeds by its last line and its exit code together', () => {
		expect(scriptFailure({exitCode: 0, lines: ['Snapshot saved at …', last]}, directory)).toBeUndefined();
	});

	it.each([
		[0, ['Snapshot saved at …'], 'without its last line', ''],
		[0, [`${last}/other`], 'without its last line', ''],
		[1, [last], 'exit code 1', ''],
		[1, ['Currently the etcd operator is progressing. A reliable backup …'], 'etcd operator is progressing', 'rollout'],
		[1, ['write x.part: no space left on device', 'bye'], 'no space left on device', 'Make room'],
		[137, [], 'exit code 137', ''],
	])('fails: %i, %j', (exitCode, lines, what, next) => {
		expect(scriptFailure({exitCode, lines}, directory)).toEqual({
			what: expect.stringContaining(what),
			next: expect.stringContaining(next),
		});
	});
});

it.each([
	['it fits', 60, undefined],
	['the kubelet would evict', 20, 'less than 12.0 GiB'],
	['it does not fit at all', 1, 'less than'],
])('the disk of the host: %s', (_, freeGiB, why) => {
	const GiB = 1024 ** 3;
	const refusal = diskRefusal({freeBytes: freeGiB * GiB, totalBytes: 120 * GiB}, 8 * GiB);
	expect(refusal).toEqual(why === undefined ? undefined : expect.stringContaining(why));
});

it.each(['home/core', '/', '/home/../etc', '/home/core; reboot', '/home/$(id)', '/home/a b'])(
	'no directory on a host: %s',
	(directory) => {
		expect(hostDirectoryFault(directory)).toBeDefined();
		expect(hostDirectoryFault('/home/core/assets/backup-2')).toBeUndefined();
	},
);

describe('the host', () => {
	const member = (name: string, more: Partial<HostMember> = {}): HostMember => ({
		id: name,
		name,
		role: 'follower',
		state: 'healthy',
		...more,
	});
	const members = [member('a', {role: 'leader'}), member('b'), member('c')];
	const node = (name: string, more = {}) => ({name, isReady: true, isCordoned: false, ...more});
	const input = (more: Partial<HostChoiceInput> = {}): HostChoiceInput => ({
		members,
		pods: members.map(({id, name}) => ({
			memberId: id,
			pod: {name: `etcd-${name}`, node: name, phase: 'Running', isReady: true, restarts: 0},
		})),
		nodes: {kind: 'told', value: ['a', 'b', 'c'].map((name) => node(name))},
		...more,
	});
	const nodes = (...value: ReturnType<typeof node>[]) => ({nodes: {kind: 'told', value} as const});

	it('is the first that is well and does not lead', () => {
		expect(chooseHost(input())).toMatchObject({kind: 'chosen', node: 'b'});
	});

	it.each([
		['NotReady', nodes(node('a'), node('b', {isReady: false}), node('c')), 'c'],
		['cordoned', nodes(node('a'), node('b', {isCordoned: true}), node('c')), 'c'],
		['slow', {members: [members[0]!, member('b', {state: 'slow'}), members[2]!]}, 'c'],
		['a learner', {members: [members[0]!, member('b', {role: 'learner'}), members[2]!]}, 'c'],
		['without a pod', {pods: input().pods.filter(({memberId}) => memberId !== 'b')}, 'c'],
		['not told of', {nodes: {kind: 'denied', permission: 'list nodes'} as const}, 'b'],
	])('is another one where it is %s', (_, more, chosen) => {
		expect(chooseHost(input(more))).toMatchObject({kind: 'chosen', node: chosen});
	});

	it('is the leader, with a warning, where the others are cordoned; and without one where it is alone', () => {
		const leader = chooseHost(input({members: [members[0]!, member('b', {state: 'down'}), member('c', {state: 'down'})]}));
		expect(leader).toMatchObject({kind: 'chosen', node: 'a', warning: expect.stringContaining('leader')});
		const [alone] = members;
		expect(chooseHost(input({members: [alone!], ...nodes(node('a'))}))).not.toHaveProperty('warning');
	});

	it('is none, with the reason for each', () => {
		const down = members.map((one) => ({...one, state: 'down' as const}));
		expect(chooseHost(input({members: down}))).toEqual({
			kind: 'none',
			why: 'no host can give one: a is down; b is down; c is down',
		});
	});

	it('is the one that was asked for, or none', () => {
		expect(chooseHost(input({wanted: 'c'}))).toMatchObject({kind: 'chosen', node: 'c'});
		expect(chooseHost(input({wanted: 'a'}))).toMatchObject({
			kind: 'chosen',
			node: 'a',
			warning: expect.stringContaining('leader'),
		});
		expect(chooseHost(input({wanted: 'd'}))).toMatchObject({kind: 'none', why: expect.stringContaining('there are a, b, c')});
	});
});

describe('the gates', () => {
	const encryption = (type: string, reason: string | undefined, isMigrating = false): EncryptionSigns => ({
		type,
		servers: ['kubeapiservers'].map((name) => ({name, isMigrating, ...(reason !== undefined && {reason})})),
	});
	const operator = (name: string, isProgressing = false) => ({
		name,
		isAvailable: true,
		isDegraded: false,
		isProgressing,
		degradedBy: [],
	});
	const well: HostCircumstances = {
		operators: {
			kind: 'told',
			value: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) => operator(name)),
		},
		nodes: {kind: 'told', value: []},
		encryption: {kind: 'told', value: encryption('', undefined)},
		proxy: {kind: 'told', value: {httpProxy: '', httpsProxy: '', noProxy: ''}},
		openshiftVersion: {kind: 'told', value: '4.17.3'},
	};
	const choice = {kind: 'chosen', node: 'b', member: {id: 'b', name: 'b', role: 'follower', state: 'healthy'}} as const;
	const gates = (circumstances: Partial<HostCircumstances> = {}, more: object = {}) =>
		hostBackupGates({
			circumstances: {...well, ...circumstances},
			choice,
			health: 'healthy',
			alarms: [],
			defragmenting: [],
			others: [],
			missing: [],
			...more,
		});
	const closed = (list = gates()) => list.filter(({state}) => state !== 'passed').map(({id, state}) => `${id} ${state}`);

	it('all pass where all is well, and ask for no word', () => {
		expect(closed()).toEqual([]);
		expect(hostBackupWord(gates())).toBeUndefined();
	});

	it.each([...['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']])(
		'%s that progresses, or is not there, closes its own',
		(name) => {
			const others = (well.operators as {value: readonly {name: string}[]}).value.filter((one) => one.name !== name) as never[];
			expect(closed(gates({operators: {kind: 'told', value: [...others, operator(name, true)]}}))).toEqual([
				`operator ${name} failed`,
			]);
			expect(closed(gates({operators: {kind: 'told', value: others}}))).toEqual([`operator ${name} failed`]);
		},
	);

	it('a migration asks for a word', () => {
		const partial = gates({encryption: {kind: 'told', value: encryption('aescbc', 'EncryptionInProgress')}});
		expect(closed(partial)).toEqual(['encryption acknowledge']);
		expect(partial.find(({id}) => id === 'encryption')?.detail).toContain('partially encrypted');
		expect(hostBackupWord(partial)).toBe('partial');
		expect(closed(gates({encryption: {kind: 'denied', permission: 'get apiservers'}}))).toEqual(['encryption acknowledge']);
	});

	it('NOSPACE names the way that writes nothing', () => {
		const alarms: readonly Alarm[] = [{memberId: 'b', alarm: 'NOSPACE'}];
		const [gate] = gates({}, {alarms, health: 'NOSPACE'}).filter(({state}) => state === 'failed');
		expect(gate).toMatchObject({id: 'writes', detail: expect.stringContaining('Snapshot RPC')});
	});

	it.each([
		['permissions failed', {missing: ['create pods in openshift-etcd']}],
		['idle failed', {defragmenting: ['c']}],
		['alone failed', {others: ['pod x of ana']}],
		['host failed', {choice: {kind: 'none', why: 'no host'}}],
		['host unchecked', {choice: {...choice, warning: 'is the leader'}}],
		['writes failed', {health: 'no quorum'}],
		['writes failed', {alarms: [{memberId: 'b', alarm: 'CORRUPT'}]}],
	])('%s', (id, more) => {
		expect(closed(gates({}, more))).toEqual([id]);
	});

	it.each([
		['', undefined, false, false, false],
		['identity', 'EncryptionDisabled', false, false, false],
		['identity', 'DecryptionCompleted', false, false, false],
		['aescbc', 'EncryptionCompleted', false, true, false],
		['aescbc', 'EncryptionCompleted', true, true, true],
		['aescbc', 'EncryptionInProgress', false, true, true],
		['aescbc', undefined, false, true, true],
		['aesgcm', 'EncryptionDisabled', false, true, true],
		['identity', 'EncryptionCompleted', false, true, true],
		['identity', 'DecryptionInProgress', false, true, true],
	])('encryption %s, condition %s, migrating %s: keys %s, under way %s', (type, reason, isMigrating, keys, underWay) => {
		const signs = encryption(type, reason, isMigrating);
		expect([mayBeEncrypted(signs), migrationSigns(signs).length > 0]).toEqual([keys, underWay]);
	});

	it('the proxy is exported where one is enabled', () => {
		expect(proxyVariables({httpProxy: '', httpsProxy: '', noProxy: '.svc'})).toEqual({});
		expect(proxyVariables({httpProxy: 'http://p', httpsProxy: '', noProxy: '.svc'})).toEqual({
			HTTP_PROXY: 'http://p',
			NO_PROXY: '.svc',
		});
	});
});
