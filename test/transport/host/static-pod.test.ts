import {chmodSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {userInfo} from 'node:os';
import {dirname, join} from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {ownFiles} from '../../../source/transport/host/host-files.ts';
import {connectHost} from '../../../source/transport/host/host-transport.ts';
import {findStaticEtcd, manifestPaths, readManifest} from '../../../source/transport/host/static-pod.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {temporaryDirectory} from '../../helpers/engine.ts';
import {failure} from '../failure.ts';
import {madeUpHost} from './made-up-host.ts';

let cluster: Cluster;

beforeAll(async () => {
	cluster = await clusterForSuite();
}, 60_000);

const timeouts = {dialTimeoutMs: 2000, commandTimeoutMs: 5000};

describe.each(['kubeadm', 'OpenShift', 'RKE2'] as const)('--local on a host of %s', (distribution) => {
	it('finds the static pod and its certificates, and reaches every member with them', async () => {
		const root = madeUpHost(cluster, distribution);
		const transport = await connectHost({kind: 'local', files: ownFiles, root, ...timeouts});
		try {
			const {members} = await transport.membership({timeoutMs: 5000});
			const statuses = await Promise.all(members.map((member) => transport.status(member, {timeoutMs: 5000})));
			expect(statuses.map(({memberId}) => memberId)).toEqual(members.map(({id}) => id));
			expect(transport.connection).toMatchObject({
				kind: 'local',
				security: 'mTLS',
				found: `${distribution}: the static pod ${root}${manifestPaths[distribution]} on this host`,
			});
		} finally {
			transport.close();
		}
	});
});

const nobody = 65534;

/** Root may read everything: as one who may not. */
async function asNobody<T>(act: () => Promise<T>): Promise<T> {
	if (userInfo().uid !== 0) {
		return act();
	}
	process.seteuid!(nobody);
	try {
		return await act();
	} finally {
		process.seteuid!(0);
	}
}

describe('what is wrong is said, with what was looked for', () => {
	it('no manifest', async () => {
		expect(await failure(findStaticEtcd(ownFiles, temporaryDirectory()))).toMatchObject({
			message: `no static pod of etcd on this host: there is none of ${Object.values(manifestPaths).join(', ')}`,
			nextStep: expect.stringContaining('--endpoints'),
		});
	});

	it('a certificate that is not there', async () => {
		const root = madeUpHost(cluster);
		rmSync(join(root, '/etc/kubernetes/pki/etcd/server.key'));
		expect(await failure(connectHost({kind: 'local', files: ownFiles, root, ...timeouts}))).toMatchObject({
			message: expect.stringMatching(/server\.key is not on this host, where .*etcd\.yaml says it is$/),
		});
	});

	it('a file that may not be read: sudo', async () => {
		const root = madeUpHost(cluster);
		chmodSync(root, 0o755);
		chmodSync(join(root, '/etc/kubernetes/pki/etcd/server.key'), 0);
		const told = await asNobody(() => failure(connectHost({kind: 'local', files: ownFiles, root, ...timeouts})));
		expect(told).toMatchObject({kind: 'permission-denied', nextStep: 'Run it with sudo: sudo etcdtop --local.'});
	});

	it.each<[string, string, string]>([
		['not YAML', 'a: [', 'it is not YAML'],
		['another thing', 'kind: Config', 'it holds no pod'],
		['nothing', '', 'it is not YAML: expected a document, but the input is empty'],
		['a list', '[1]', 'it holds no pod'],
		['another pod', 'spec: {containers: [{name: web, command: [nginx]}]}', 'it runs no etcd'],
		[
			'no certificates',
			'spec: {containers: [{name: etcd, command: [etcd, --name=a]}]}',
			'it does not say where its certificates are',
		],
	])('%s', async (_, text, why) => {
		const root = temporaryDirectory();
		const path = join(root, manifestPaths.kubeadm);
		mkdirSync(dirname(path), {recursive: true});
		writeFileSync(path, text);
		expect(await failure(findStaticEtcd(ownFiles, root))).toMatchObject({message: expect.stringContaining(`${path}: ${why}`)});
	});
});

it('a path outside of every volume is one of the host', () => {
	const manifest = `
spec:
  containers:
    - name: etcd
      command: [etcd, --cert-file=/a/b/s.crt, --key-file=/a/k/s.key, --trusted-ca-file=/c/ca.crt]
      volumeMounts: [{name: outer, mountPath: /a/}, {name: inner, mountPath: /a/b}, {name: scratch, mountPath: /c}]
  volumes:
    - {name: outer, hostPath: {path: /host/outer/}}
    - {name: inner, hostPath: {path: /host/inner}}
    - {name: scratch, emptyDir: {}}
`;
	expect(readManifest(manifest, 'etcd.yaml').certificates).toEqual({
		cert: '/host/inner/s.crt',
		key: '/host/outer/k/s.key',
		cacert: '/c/ca.crt',
	});
});
