import {describe, expect, it} from 'vitest';
import {type ClusterHealth, healthOf, leaderOf} from '../../source/domain/cluster-health.ts';
import type {MemberState} from '../../source/domain/member-state.ts';
import {answered} from '../../source/domain/observation.ts';
import {type MemberCase, observationOf} from './observations.ts';

/** `a0`, `a1`, … in the given states; all name a0 in term 7 unless a case says otherwise. */
function seen(states: readonly MemberState[], changes: Readonly<Record<number, Partial<MemberCase>>> = {}) {
	const {members} = observationOf(states.map((_, index) => ({name: `etcd-${index}`, ...changes[index]})));
	return members.map(({member, status}, index) => {
		const value = states[index] === 'connecting' || states[index] === 'unstarted' ? undefined : answered(status);
		return {member, state: states[index] ?? 'healthy', ...(value === undefined ? {} : {status: value})};
	});
}

const learner = {isLearner: true};
const noLeader = {status: {leaderId: undefined as never}};

describe('the cluster', () => {
	it.each<[ClusterHealth['kind'], readonly MemberState[], Readonly<Record<number, Partial<MemberCase>>>]>([
		['healthy', ['healthy', 'healthy', 'healthy'], {}],
		['healthy', ['healthy', 'slow', 'defragmenting'], {}],
		['healthy', ['healthy', 'healthy', 'healthy', 'down'], {3: learner}],
		['degraded', ['healthy', 'healthy', 'down'], {}],
		['degraded', ['healthy', 'healthy', 'unstarted'], {}],
		['degraded', ['healthy', 'healthy', 'unknown'], {}],
		['no quorum', ['healthy', 'down', 'frozen'], {}],
		['no quorum', ['healthy', 'down'], {}],
		['no quorum', ['healthy', 'healthy', 'healthy'], {0: noLeader, 1: noLeader, 2: noLeader}],
		['no contact', ['down', 'down', 'stalled'], {}],
		['connecting', ['connecting', 'connecting', 'connecting'], {}],
		['connecting', ['healthy', 'connecting', 'connecting'], {}],
		['connecting', ['healthy', 'healthy', 'connecting'], {}],
		['healthy', ['healthy', 'healthy', 'healthy', 'connecting'], {3: learner}],
		['healthy', ['healthy'], {}],
		['no contact', ['down'], {}],
	])('is %s with voters %j', (kind, states, changes) => {
		expect(healthOf(seen(states, changes), []).kind).toBe(kind);
	});

	it.each<[ClusterHealth['kind'], readonly MemberState[], readonly ('NOSPACE' | 'CORRUPT')[]]>([
		['NOSPACE', ['NOSPACE', 'healthy', 'down'], ['NOSPACE']],
		['CORRUPT', ['NOSPACE', 'CORRUPT', 'healthy'], ['NOSPACE', 'CORRUPT']],
		['NOSPACE', ['NOSPACE', 'healthy', 'connecting'], ['NOSPACE']],
		['no quorum', ['NOSPACE', 'down', 'down'], ['NOSPACE']],
	])('is %s with voters %j under %j', (kind, states, alarms) => {
		const raised = alarms.map((alarm) => ({memberId: 'a0', alarm}));
		expect(healthOf(seen(states), raised).kind).toBe(kind);
	});

	it('counts voters only, and those that take part', () => {
		expect(healthOf(seen(['healthy', 'down', 'healthy', 'healthy'], {3: learner}), [])).toEqual({
			kind: 'degraded',
			voters: 3,
			answeringVoters: 2,
			leader: {id: 'a0', name: 'etcd-0'},
			raftTerm: 7,
		});
	});
});

describe('the leader', () => {
	it('is whom the newest term names, not the old figures of a member that is gone', () => {
		const changes = {
			0: {status: {leaderId: 'a0', raftTerm: 7}},
			1: {status: {leaderId: 'a1', raftTerm: 8}},
			2: {status: {leaderId: 'a0', raftTerm: 7}},
		};
		expect(leaderOf(seen(['healthy', 'healthy', 'healthy'], changes))).toEqual({id: 'a1', name: 'etcd-1', raftTerm: 8});
		expect(leaderOf(seen(['healthy', 'down', 'healthy'], changes))).toEqual({id: 'a0', name: 'etcd-0', raftTerm: 7});
	});

	it('has its id for a name when the member list does not have it', () => {
		const changes = {0: {status: {leaderId: 'ff', raftTerm: 9}}};
		expect(leaderOf(seen(['healthy'], changes))).toEqual({id: 'ff', name: 'ff', raftTerm: 9});
	});

	it('is unknown where nobody who answers names one', () => {
		expect(leaderOf(seen(['down', 'frozen', 'stalled']))).toBeUndefined();
	});
});
