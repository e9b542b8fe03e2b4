import {expect, test} from 'vitest';
import {
	type Choice,
	type Circumstances,
	chooseWay,
	execPermissions,
	forwardPermissions,
} from '../../../source/transport/kubernetes/choose-way.ts';
import {type EtcdPod, readPod} from '../../../source/transport/kubernetes/etcd-pod.ts';
import {type Permission, permissionsFrom, permissionText} from '../../../source/transport/kubernetes/permissions.ts';

const namespace = 'openshift-etcd';
const all = [...forwardPermissions(namespace), ...execPermissions(namespace)];

function pod(...flags: string[]): EtcdPod {
	return readPod({
		metadata: {name: 'etcd-a', namespace},
		spec: {containers: [{name: 'etcd', command: ['etcd', ...flags]}]},
		status: {phase: 'Running', podIP: '10.0.0.1'},
	})!;
}

/** Everything is there but what is said. */
function choose(change: Partial<Circumstances> & {readonly denied?: readonly string[]}): Choice {
	const {denied = []} = change;
	const verdict = (permission: Permission) => (denied.includes(permissionText(permission)) ? 'denied' : 'allowed');
	return chooseWay({
		pods: [pod('--listen-client-urls=https://0.0.0.0:2379')],
		namespace,
		permissions: permissionsFrom(all.map((permission) => [permission, verdict(permission)])),
		certificates: {isThere: true},
		...change,
	});
}

const noForward = [`create pods/portforward in ${namespace}`];
const noExec = [`get pods/exec in ${namespace}`];

test('tunnels where everything for them is there', () => {
	expect(choose({})).toEqual({way: 'tunnel'});
});

test.each([
	['a permission', {denied: noForward}, `no tunnels: you may not create pods/portforward in ${namespace}`],
	[
		'both',
		{denied: all.slice(0, 2).map(permissionText)},
		'no tunnels: you may not get pods/portforward in openshift-etcd and create pods/portforward in openshift-etcd',
	],
	['a certificate', {certificates: {isThere: false, why: 'it lies elsewhere'}}, 'no tunnels: it lies elsewhere'],
	[
		'a way in',
		{pods: [pod('--listen-client-urls=https://10.0.0.1:2379')]},
		"no tunnels: etcd in etcd-a does not listen on its pod's loopback",
	],
] as const)('exec, with the reason, without %s', (_, change, notBetter) => {
	expect(choose(change)).toEqual({way: 'exec', notBetter});
});

test('a certificate is not wanted where etcd speaks plain HTTP', () => {
	const pods = [pod('--listen-client-urls=http://0.0.0.0:2379')];
	expect(choose({pods, certificates: {isThere: false, why: 'none'}})).toEqual({way: 'tunnel'});
});

test('what is forced is taken, or refused with its own reason', () => {
	expect(choose({via: 'exec'})).toEqual({way: 'exec'});
	expect(choose({via: 'tunnel', denied: noExec})).toEqual({way: 'tunnel'});
	expect(choose({via: 'tunnel', denied: noForward})).toMatchObject({
		failure: {kind: 'permission-denied', message: expect.stringContaining('you may not create pods/portforward')},
	});
	expect(choose({via: 'exec', denied: noExec})).toMatchObject({
		failure: {message: expect.stringContaining('you may not get pods/exec')},
	});
});

test('without either way, the missing permissions are what to ask for', () => {
	expect(choose({denied: [...noForward, ...noExec]})).toMatchObject({
		failure: {
			kind: 'permission-denied',
			nextStep: expect.stringContaining(`create pods/portforward in ${namespace} and get pods/exec in ${namespace}`),
		},
	});
});

test('what nobody would tell is tried', () => {
	const permissions = permissionsFrom(all.map((permission) => [permission, 'unknown']));
	expect(choose({permissions})).toEqual({way: 'tunnel'});
});

test('permissions read as they are granted', () => {
	expect(permissionText({verb: 'update', resource: 'leases', group: 'coordination.k8s.io', namespace, name: 'etcdtop'})).toBe(
		'update leases.coordination.k8s.io etcdtop in openshift-etcd',
	);
	expect(permissionText({verb: 'list', resource: 'nodes'})).toBe('list nodes');
});
