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
		.slice(4, 11)
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
		.slice(4, 11)
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

const wayAt = (columns: number, rows: number) =>
	picture(onKubernetes(), columns, rows)
		.split('\n')
		.filter((line) => line.startsWith(' via') || line.includes('leader in'))
		.join('\n');

test('how it is reached, why not better, what was found and who leads: as much as there is room for', () => {
	expect(`\n${wayAt(80, 24)}\n\n${wayAt(120, 36)}\n`).toMatchInlineSnapshot(`
		"
		 via exec; no tunnels: you may not create pods/portforward in openshift-etcd; …

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
