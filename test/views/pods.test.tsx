import {expect, test} from 'vitest';
import type {Pod, PodMatch} from '../../source/domain/pod.ts';
import type {State} from '../../source/engine/state.ts';
import {now, prodState} from '../helpers/sample-state.ts';
import {picture} from './picture.tsx';

const {wallOffsetMs} = prodState();
const day = 24 * 60 * 60 * 1000;

const podOn = (node: string, more: Partial<Pod> = {}): Pod => ({
	name: `etcd-${node}`,
	node,
	phase: 'Running',
	isReady: true,
	restarts: 0,
	createdWallMs: now + wallOffsetMs - 5 * day - 7_300_000,
	...more,
});

const matches: readonly PodMatch[] = [
	{memberId: '264c7c58ecbdabee', pod: podOn('ip-10-0-159-225.example.redhat.com')},
	{memberId: '251cd44483d811c3'},
	{memberId: '9ac311f93915cc79', pod: podOn('ip-10-0-199-170.example.redhat.com', {isReady: false, restarts: 12})},
	{pod: podOn('ip-10-0-200-1.example.redhat.com', {phase: 'Pending', isReady: false})},
];

const onKubernetes = (change: Partial<State> = {}): State =>
	prodState({
		connection: {
			kind: 'exec',
			security: 'mTLS',
			endpoints: [],
			found: 'OpenShift: 3 etcd pods (app=etcd in openshift-etcd)',
			notBetter: 'no tunnels: you may not create pods/portforward in openshift-etcd',
		},
		pods: {at: now, matches},
		...change,
	});

test('the columns of pods; a member without a pod, and a pod without a member', () => {
	const drawn = picture(onKubernetes(), 120, 24, {screen: {columnsSet: 'pods'}})
		.split('\n')
		.slice(5, 12)
		.join('\n');
	expect(`\n${drawn}\n`).toMatchInlineSnapshot(`
		"
		── members ── 3 voters, by name ────────────────────────────────────────────────────────────────────── w size columns ──
		  NAME          POD                                      NODE                            READY  PHASE     RESTARTS   AGE
		> etcd-0        etcd-ip-10-0-159-225.example.redhat.com  ip-10-0-159-225.example.redha…  yes    Running          0  5d2h
		  etcd-1        no pod                                   –                               –      –                –     –
		  etcd-2        etcd-ip-10-0-199-170.example.redhat.com  ip-10-0-199-170.example.redha…  no     Running         12  5d2h
		  ▲ pod etcd-ip-10-0-200-1.example.redhat.com on ip-10-0-200-1.example.redhat.com: Pending, not ready, 0 restarts, 5d2h…
		── db size ── all members ── 1 h, 40 s a column ── D defragmentation  L leader changed ─────────────────────────────────
		"
	`);
});

test('at 60 columns they are narrow, and say the same', () => {
	const drawn = picture(onKubernetes(), 60, 24, {screen: {columnsSet: 'pods'}})
		.split('\n')
		.slice(5, 12)
		.join('\n');
	expect(`\n${drawn}\n`).toMatchInlineSnapshot(`
		"
		── members ── 3 voters, by name ────────── w size columns ──
		  NAME          POD                     READY RESTARTS   AGE
		> etcd-0        etcd-ip-10-0-159-225.…  yes          0  5d2h
		  etcd-1        no pod                  –            –     –
		  etcd-2        etcd-ip-10-0-199-170.…  no          12  5d2h
		  ▲ pod etcd-ip-10-0-200-1.example.redhat.com on ip-10-0-20…
		── db size ── all members ── 1 h ───────────────────────────
		"
	`);
});

test('a pod without a member stands under the other columns too', () => {
	expect(picture(onKubernetes(), 120, 24)).toContain(
		'▲ pod etcd-ip-10-0-200-1.example.redhat.com on ip-10-0-200-1.example.redhat.com: Pending, not ready, 0 restarts',
	);
});

const wayAt = (columns: number, rows: number) => picture(onKubernetes(), columns, rows).split('\n').slice(2, 4).join('\n');

test('how it is reached, why not better, what was found and who leads: as much as there is room for', () => {
	expect(`\n${wayAt(80, 24)}\n\n${wayAt(120, 36)}\n`).toMatchInlineSnapshot(`
		"
		 via exec; no tunnels: you may not create pods/portforward; OpenShift: 3 etcd
		 pods; leader in etcd-ip-10-0-199-170.example.redhat.com

		 via exec; no tunnels: you may not create pods/portforward in openshift-etcd; OpenShift: 3 etcd pods (app=etcd in
		 openshift-etcd); leader in etcd-ip-10-0-199-170.example.redhat.com
		"
	`);
});

test('an API that has not answered for long is told before all else', () => {
	const pods = {at: now - 192_000, matches};
	expect(picture(onKubernetes({pods}), 120, 36)).toContain(
		' via exec; pods as they were 3:12 ago: the API does not answer; no tunnels',
	);
});

test('a way that is broken says nothing of etcd, and names the other one', () => {
	const connection = {...onKubernetes().connection!, otherwise: 'etcdtop --via ssh core@10.0.159.225 (or core@10.0.191.37)'};
	const wayLost = {
		since: now - 41_000,
		why: 'the Kubernetes API at https://api.ocp-west.example.com:6443 refuses connections',
		nextStep: 'Check that it runs, and your VPN.',
	};
	const members = prodState().members.map((record) => ({
		...record,
		condition: {state: 'unseen' as const, since: now - 41_000, explanation: `${wayLost.why} for {age}`},
	}));
	const {leader: _, ...seen} = prodState().health;
	const health = {...seen, kind: 'no contact', answeringVoters: 0} as const;
	const drawn = picture(onKubernetes({connection, wayLost, members, health}), 80, 24);
	expect(`\n${drawn.split('\n').slice(1, 12).join('\n')}\n`).toMatchInlineSnapshot(`
		"
		 prod-eu-1  ✗ NO CONTACT  0 of 3 voters  leader not seen  every 2 s     14:32:08
		 ✗ etcd is not seen for 0:41, which says nothing of etcd itself: the Kubernetes
		   API at https://api.ocp-west.example.com:6443 refuses connections.
		   Check that it runs, and your VPN.
		   Without it: etcdtop --via ssh core@10.0.159.225 (or core@10.0.191.37)
		 alarms none   alerts 3   ▲ etcd-2 70% of quota   ▲ etcd-2 66% not in use   +1
		── members ── 3 voters, by name ────────────────────────────── w raft columns ──
		  NAME          STATE           ROLE      DB SIZE     GIVES BACK  USED    ANSWER
		> etcd-0        ? unseen        follower 4.79 GiB  2.86 GiB  60%   60%    1.4 ms
		  etcd-1        ? unseen        follower 2.01 GiB  81.9 MiB   4%   25%    1.3 ms
		  etcd-2        ? unseen        leader   5.62 GiB  3.69 GiB  66%   70%    1.9 ms
		"
	`);
});

test("a member's page names its pod", () => {
	expect(picture(onKubernetes(), 120, 36, {screen: {view: 'member', selectedId: '9ac311f93915cc79'}})).toContain(
		' pod             etcd-ip-10-0-199-170.example.redhat.com on ip-10-0-199-170.example.redhat.com: Running, not ready, 12',
	);
	expect(picture(onKubernetes(), 120, 36, {screen: {view: 'member', selectedId: '251cd44483d811c3'}})).toContain(
		' pod             no pod of this member is seen',
	);
});

test('a cluster that is reached directly has nothing of it', () => {
	const drawn = picture(prodState(), 120, 36, {screen: {columnsSet: 'pods', view: 'overview'}});
	expect(drawn).not.toMatch(/POD|pods/);
	expect(picture(prodState(), 120, 36, {screen: {view: 'member'}})).not.toContain(' pod ');
});

test('on a large screen too each press of w is seen to do something', () => {
	const drawn = (['size', 'raft', 'pods'] as const).map((columnsSet) => picture(onKubernetes(), 120, 36, {screen: {columnsSet}}));
	expect(drawn.map((one) => /w (size|raft|pods) columns/.exec(one)?.[1])).toEqual(['raft', 'pods', 'size']);
	expect(new Set(drawn.map((one) => one.replace(/w \w+ columns/, ''))).size).toBe(3);
});
