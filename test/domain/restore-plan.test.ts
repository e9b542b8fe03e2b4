import {execFileSync} from 'node:child_process';
import {describe, expect, test} from 'vitest';
import type {BackupManifest} from '../../source/domain/backup-manifest.ts';
import type {RestoreInputs} from '../../source/domain/restore-inputs.ts';
import {planRestore} from '../../source/domain/restore-plan.ts';
import type {Runbook} from '../../source/domain/runbook.ts';
import {runbookBeside, runbookName} from '../../source/domain/runbook-beside.ts';
import {runbookMarkdown} from '../../source/domain/runbook-markdown.ts';
import {shellWord} from '../../source/domain/shell-word.ts';
import {etcdInputs, openshiftBackup, openshiftInputs, proxyOn} from './restore-samples.ts';

const [first, second] = openshiftInputs().hosts;

function runbookOf(inputs: RestoreInputs): Runbook {
	const plan = planRestore(inputs);
	if (plan.kind === 'refused') {
		throw new Error(plan.why);
	}
	return plan.runbook;
}

function whyNot(inputs: RestoreInputs): string {
	const plan = planRestore(inputs);
	return plan.kind === 'refused' ? plan.why : 'it is made';
}

const ids = (runbook: Runbook) => runbook.steps.map(({id}) => id.replaceAll(/ip-10-0-(\d+)-\d+\.example\.redhat\.com/g, '$1'));

describe('every variant, as Markdown', () => {
	const variants: Readonly<Record<string, RestoreInputs>> = {
		'openshift-4.17': openshiftInputs('4.17.3', {proxy: proxyOn}),
		'openshift-4.17-single': openshiftInputs('4.17.3', {hosts: [first!]}),
		'openshift-4.18': openshiftInputs('4.18.1'),
		'openshift-4.18-single': openshiftInputs('4.20.8', {hosts: [first!], proxy: {kind: 'unknown'}}),
		'etcd-3.5': etcdInputs(),
		'etcd-3.4-static-pods': etcdInputs('3.4.23', {
			runs: 'static pod',
			members: etcdInputs().members.map((member) => ({...member, isAssumed: true})),
		}),
	};
	test.each(Object.entries(variants))('%s', async (name, inputs) => {
		await expect(runbookMarkdown(runbookOf(inputs))).toMatchFileSnapshot(`runbooks/${name}.md`);
	});
});

test('up to 4.17 every other host is stopped whole, one after the other, before the script; then kubelets and rollouts', () => {
	expect(ids(runbookOf(openshiftInputs()))).toEqual([
		'backup-files',
		'release',
		'login@143',
		'login@154',
		'login@173',
		'copy@143',
		'begin',
		...['154', '173'].flatMap((host) => [`stop-etcd@${host}`, `stop-kube-apiserver@${host}`, `move-data@${host}`]),
		'cluster-restore@143',
		'kubelet@143',
		'kubelet@154',
		'kubelet@173',
		'etcd-container@143',
		'etcd-pod',
		'redeploy-etcd',
		'redeploy-kubeapiserver',
		'redeploy-kubecontrollermanager',
		'redeploy-kubescheduler',
		'etcd-pods',
	]);
});

test("from 4.18 etcd is disabled on every host, the script's own last, and redeploying is for trouble alone", () => {
	const runbook = runbookOf(openshiftInputs('4.18.0'));
	expect(ids(runbook).slice(7)).toEqual([
		'disable-etcd@154',
		'disable-etcd@173',
		'disable-etcd@143',
		'cluster-restore@143',
		'api',
		'quorum-guard-off',
		'settled',
		'redeploy-etcd',
		'etcd-pods',
		'quorum-guard-on',
	]);
	expect(runbook.steps.filter(({optional}) => optional).map(({id}) => id)).toEqual(['redeploy-etcd']);
});

test('all members of plain etcd are stopped before the first is restored, and all restored before the first is started', () => {
	const kinds = runbookOf(etcdInputs())
		.steps.map(({id}) => id.split('@')[0])
		.filter((kind) => ['stop', 'restore', 'start'].includes(kind!));
	expect(kinds).toEqual(['stop', 'stop', 'stop', 'restore', 'restore', 'restore', 'start', 'start', 'start']);
});

test('proxy variables are exported before the script', () => {
	const [script] = runbookOf(openshiftInputs('4.17.3', {proxy: proxyOn})).steps.filter(({id}) =>
		id.startsWith('cluster-restore'),
	);
	expect(script?.commands).toEqual([
		"export HTTP_PROXY='http://ana:it$me@proxy.example.com:3128'",
		"export HTTPS_PROXY='http://ana:it$me@proxy.example.com:3128'",
		'export NO_PROXY=.cluster.local,.svc,10.0.0.0/16,localhost',
		'sudo -E /usr/local/bin/cluster-restore.sh /home/core/backup_2026-11-27_031500',
	]);
});

test.each([
	[
		'another z-stream',
		openshiftInputs('4.17.4', {backup: openshiftBackup('4.17.3')}),
		/taken from 4\.17\.3, the cluster is 4\.17\.4/,
	],
	['no z-stream', openshiftInputs('4.17'), /"4\.17" is no release/],
	['no hosts', openshiftInputs('4.17.3', {hosts: []}), /no control-plane host/],
	['a recovery host that is none', openshiftInputs('4.17.3', {recovery: 'cp-9'}), /recovery host cp-9 is none of/],
	[
		'two hosts at one address',
		openshiftInputs('4.17.3', {hosts: [first!, {...second!, address: first!.address}]}),
		/is the address of two hosts/,
	],
	['two hosts of one name', openshiftInputs('4.17.3', {hosts: [first!, first!]}), /two hosts are called/],
	[
		'a host that is a flag of ssh',
		openshiftInputs('4.17.3', {hosts: [first!, {name: 'x', address: '-oProxyCommand=x'}]}),
		/can't be/,
	],
	[
		'a backup without the resources',
		openshiftInputs('4.17.3', {backup: {...openshiftBackup(), files: openshiftBackup().files.slice(0, 1)}}),
		/no static_kuberesources/,
	],
	[
		'files of two backups',
		openshiftInputs('4.17.3', {
			backup: {
				...openshiftBackup(),
				files: openshiftBackup().files.map((file, index) =>
					index === 0 ? file : {...file, name: 'static_kuberesources_x.tar.gz'},
				),
			},
		}),
		/of two backups/,
	],
	[
		'a data directory that is the root',
		etcdInputs('3.5.30', {members: etcdInputs().members.map((member) => ({...member, dataDirectory: '/'}))}),
		/no absolute path below/,
	],
])('%s is refused, and says why', (_, inputs, why) => {
	expect(whyNot(inputs)).toMatch(why);
});

test('a word of the shell is that text, whatever is in it', () => {
	const texts = ["it's", 'a b', '$(id)', '`id`', '"', '*', '\\', 'x;y', '~', 'ä', '', '-n'];
	const printed = execFileSync('sh', ['-c', `printf '%s\\n' ${texts.map(shellWord).join(' ')}`]).toString();
	expect(printed.split('\n').slice(0, -1)).toEqual(texts);
	expect(shellWord('/var/lib/etcd')).toBe('/var/lib/etcd');
	expect(second?.name).toBe(shellWord(second?.name ?? ''));
});

describe('the runbook beside a backup', () => {
	const stamp = '2026-11-27_031500';
	const file = {bytes: 100, sha256: 'a'.repeat(64)};
	const snapshot = {...file, role: 'snapshot', name: `snapshot_${stamp}.db`} as const;
	const resources = {
		...file,
		role: 'static_kuberesources',
		name: `static_kuberesources_${stamp}.tar.gz`,
		directory: '/keys',
	} as const;
	const manifest: BackupManifest = {
		version: 1,
		kind: 'etcd snapshot',
		createdAt: '2026-11-27T03:15:00Z',
		clusterId: 'cdf818194e3a8c32',
		clusterName: 'prod',
		etcdVersion: '3.5.30',
		takenFrom: {memberName: 'a', memberId: '1', node: 'cp-2'},
		files: [snapshot],
		members: ['cp-1', 'cp-2'].map((node, index) => ({
			name: `etcd-${index}`,
			id: String(index),
			node,
			peerUrls: [`https://10.0.0.${index}:2380`],
			clientUrls: [],
		})),
	};

	test('of plain etcd: its members, where they were', () => {
		const text = runbookBeside(manifest, '/b');
		expect(text).toContain('--initial-cluster etcd-0=https://10.0.0.0:2380,etcd-1=https://10.0.0.1:2380');
		expect(text).toContain('scp /b/snapshot_2026-11-27_031500.db root@10.0.0.1:/root/backup_2026-11-27_031500/');
		expect(runbookName(snapshot.name)).toBe('snapshot_2026-11-27_031500.restore.md');
	});

	test('of OpenShift: both files, wherever they are, on the host that it was taken from', () => {
		const text = runbookBeside(
			{...manifest, kind: 'openshift backup', openshiftVersion: '4.17.3', files: [snapshot, resources]},
			'/b',
		);
		expect(text).toContain('| recovery host | cp-2 |');
		expect(text).toContain(
			'scp /b/snapshot_2026-11-27_031500.db /keys/static_kuberesources_2026-11-27_031500.tar.gz core@10.0.0.1:',
		);
	});

	test('filled in from a manifest alone it says what is only assumed', () => {
		const text = runbookBeside(
			{...manifest, kind: 'openshift backup', openshiftVersion: '4.17.3', files: [snapshot, resources]},
			'/b',
		);
		expect(text).toContain('the cluster does not tell what it is: look into your records');
		expect(text).toContain("The hosts are those of the backup's time");
		expect(text).toContain('Find out whether the cluster-wide proxy is on');
		const members = [{...manifest.members[0]!, isLearner: false}];
		const told = runbookBeside(manifest, '/b', {etcd: {version: '3.5.30', members}});
		expect(told).not.toContain("those of the backup's time");
		expect(told).not.toContain('etcd-1');
		expect(runbookBeside({...manifest, encryption: {type: 'aescbc', isPartial: true}}, '/b')).toContain('PARTIALLY ENCRYPTED');
	});

	test("of OpenShift's etcd alone there is none", () => {
		expect(runbookBeside({...manifest, openshiftVersion: '4.17.3'}, '/b')).toBeUndefined();
	});
});
