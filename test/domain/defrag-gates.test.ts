import {describe, expect, it} from 'vitest';
import type {Evidence} from '../../source/domain/defrag-evidence.ts';
import {blockingGate, evaluateGates} from '../../source/domain/defrag-gates.ts';
import type {Surroundings} from '../../source/domain/surroundings.ts';
import {evidenceOf, failure, type MemberCase, threeVoters} from './observations.ts';

const now = 200_000;

/** Gates for the second member (a follower) of `cases`. */
function gates(cases: readonly MemberCase[], changes: Partial<Evidence> = {}, terminal = true, memberId = 'a1') {
	return evaluateGates({memberId, evidence: evidenceOf(cases, changes), now, terminal});
}

function gate(id: string, ...rest: Parameters<typeof gates>) {
	return gates(...rest).find((candidate) => candidate.id === id);
}

function change(index: number, changes: Partial<MemberCase>, cases: readonly MemberCase[] = threeVoters): readonly MemberCase[] {
	return cases.map((one, position) => (position === index ? {...one, ...changes} : one));
}

const nospace = {errors: ['memberID:1 alarm:NOSPACE ']};

describe('the gates', () => {
	it("let a healthy follower through; only the disk can't be seen", () => {
		expect(blockingGate(gates(threeVoters), [])).toBeUndefined();
		expect(
			gates(threeVoters)
				.filter(({state}) => state !== 'passed')
				.map(({id}) => id),
		).toEqual(['disk']);
	});

	it('identity: another id, another cluster, a balancer or silence are refused', () => {
		expect(gate('identity', change(1, {status: {memberId: 'ff'}}))?.state).toBe('failed');
		expect(gate('identity', change(1, {status: {clusterId: 'ff'}}))?.state).toBe('failed');
		expect(gate('identity', change(1, {watchOnly: 'answers as two members'}))).toMatchObject({
			state: 'failed',
			detail: 'watch only: answers as two members',
		});
		expect(gate('identity', change(1, {status: 'timed-out'}))?.state).toBe('failed');
		expect(gate('identity', threeVoters, {}, true, 'ff')?.state).toBe('failed');
	});

	it('corrupt: an alarm on any member refuses; NOSPACE does not', () => {
		expect(gate('corrupt', change(2, {status: {errors: ['memberID:1 alarm:CORRUPT ']}}))?.state).toBe('failed');
		expect(gate('corrupt', change(2, {status: nospace}))?.state).toBe('passed');
	});

	it('lag: up to 1,000 entries behind the highest committed index', () => {
		expect(gate('lag', change(1, {status: {raftAppliedIndex: 500}}))).toMatchObject({state: 'passed', detail: '500 behind'});
		expect(gate('lag', change(0, {status: {raftIndex: 2000}}))?.state).toBe('passed');
		expect(gate('lag', change(0, {status: {raftIndex: 2001}}))).toMatchObject({
			state: 'failed',
			detail: '1001 behind (limit 1000)',
		});
	});

	it('cooldown: holds while it runs, refuses while one is unknown', () => {
		expect(
			gate('cooldown', threeVoters, {cooldown: {kind: 'cooling', until: now + 38_000, why: 'etcd-1 was defragmented'}}),
		).toMatchObject({
			state: 'pending',
			detail: '0:38 left; etcd-1 was defragmented',
		});
		expect(gate('cooldown', threeVoters, {cooldown: {kind: 'blocked', memberId: 'a2', why: 'unknown'}})?.state).toBe('failed');
		expect(gate('cooldown', threeVoters, {cooldown: {kind: 'finding out', why: 'x'}})?.state).toBe('pending');
	});

	it('another run on the machine refuses, and what surrounds etcd counts', () => {
		expect(gate('lock', threeVoters, {lockedBy: 'ben@bastion defragments'})).toMatchObject({
			state: 'failed',
			detail: 'ben@bastion defragments',
		});
		const surroundings: Surroundings = {pods: {kind: 'silent', why: 'no answer within 5.0 s'}};
		expect(blockingGate(gates(threeVoters, {surroundings}), [])).toMatchObject({
			title: 'the pods are ready',
			detail: 'the API does not answer: no answer within 5.0 s',
		});
	});
});

describe('one leader', () => {
	it.each([
		['a member that knows of none', change(2, {status: {leaderId: ''}})],
		['two leaders', change(2, {status: {leaderId: 'a2'}})],
		['two terms', change(2, {status: {raftTerm: 8}})],
		['a leader that does not answer', change(0, {status: 'timed-out'})],
	])('is refused with %s', (_, cases) => {
		expect(gate('leader', cases)?.state).toBe('failed');
	});

	it('holds until the term has been seen for 30 s', () => {
		expect(gate('leader', threeVoters, {leadership: {leaderId: 'a0', raftTerm: 7, since: now - 29_999}})?.state).toBe('pending');
		expect(gate('leader', threeVoters, {leadership: {leaderId: 'a0', raftTerm: 7, since: now - 30_000}})?.state).toBe('passed');
		expect(gate('leader', threeVoters, {leadership: {leaderId: 'a0', raftTerm: 6, since: 0}})?.state).toBe('pending');
	});
});

describe('quorum without the member', () => {
	const five = [...threeVoters, {name: 'etcd-3'}, {name: 'etcd-4'}];

	it('needs the others to be a quorum that reads', () => {
		expect(gate('quorum', threeVoters)).toMatchObject({state: 'passed', detail: '2 of 3, slowest 2.0 ms'});
		expect(gate('quorum', change(4, {status: 'refused'}, five))?.state).toBe('passed');
		expect(gate('quorum', change(3, {status: 'refused'}, change(4, {status: 'refused'}, five)))?.state).toBe('failed');
		const evidence = evidenceOf(threeVoters);
		expect(
			gate('quorum', threeVoters, {reads: {...evidence.reads, a2: {kind: 'failed', failure: failure('timed-out')}}}),
		).toMatchObject({
			state: 'failed',
			detail: 'linearizable read on etcd-2: timed-out',
		});
		expect(gate('quorum', threeVoters, {reads: {}})?.state).toBe('pending');
	});

	it('does not count learners', () => {
		expect(gate('quorum', [{name: 'etcd-0'}, {name: 'etcd-1'}, {name: 'etcd-2', isLearner: true}])?.state).toBe('failed');
	});

	it('refuses three with one down, also when a person is there', () => {
		expect(gate('quorum', change(2, {status: 'refused', metrics: 'refused'}))).toMatchObject({
			state: 'failed',
			detail: 'etcd-2 does not answer; 1 of 3 would be left, 2 make a quorum',
		});
	});

	it('under NOSPACE asks a person to type the risk when the silent one is dead', () => {
		const dead = change(2, {status: 'refused', metrics: 'refused'}, change(0, {status: nospace}));
		expect(gate('quorum', dead)?.state).toBe('acknowledge');
		expect(gate('quorum', dead, {}, false)?.state).toBe('failed');
		expect(gate('quorum', change(2, {status: 'timed-out', metrics: 'timed-out'}, change(0, {status: nospace})))?.state).toBe(
			'failed',
		);
	});

	it('does the same from 95 % of the quota, and for two voters', () => {
		const full = change(0, {status: {dbSizeBytes: 95}, metrics: {quotaBackendBytes: 100}}, threeVoters.slice(0, 2));
		expect(gate('quorum', full)?.state).toBe('acknowledge');
		expect(
			gate('quorum', change(0, {status: {dbSizeBytes: 94}, metrics: {quotaBackendBytes: 100}}, threeVoters.slice(0, 2)))?.state,
		).toBe('failed');
	});

	it('never lets two of five go on that way', () => {
		const dead = {status: 'refused', metrics: 'refused'} as const;
		expect(gate('quorum', change(2, dead, change(3, dead, change(4, dead, change(0, {status: nospace}, five)))))?.state).toBe(
			'failed',
		);
	});

	it('asks for a typed word where there is a single voter', () => {
		expect(gate('quorum', [{name: 'etcd-0'}], {}, false, 'a0')?.state).toBe('acknowledge');
	});
});

describe('nothing in flight', () => {
	it('anywhere, whoever started it', () => {
		expect(gate('inflight', change(2, {metrics: {defragInflight: 1}, status: 'timed-out'}))).toMatchObject({
			state: 'failed',
			detail: 'etcd-2 is being defragmented',
		});
	});

	it("can't be excluded on a silent member, but on a dead one", () => {
		expect(gate('inflight', change(2, {metrics: 'timed-out', status: 'timed-out'}))?.state).toBe('failed');
		expect(gate('inflight', change(2, {metrics: 'refused', status: 'refused'}))?.state).toBe('passed');
	});

	it('is not known without metrics where the member answers', () => {
		expect(gate('inflight', change(2, {metrics: 'unsupported'}))?.state).toBe('unchecked');
	});

	it('no snapshot stream, sent or received; a learner catching up blocks its sender', () => {
		expect(gate('snapshot', change(1, {metrics: {snapshotStreams: 1}}))?.state).toBe('failed');
		expect(gate('snapshot', change(1, {metrics: {snapshotSendInflights: 1}}))?.state).toBe('failed');
		expect(gate('snapshot', change(1, {metrics: {snapshotReceiveInflights: 1}}))?.state).toBe('failed');
		expect(gate('snapshot', change(2, {metrics: {snapshotStreams: 1}}))?.state).toBe('passed');
		expect(gate('snapshot', change(1, {metrics: {snapshotStreams: undefined}}))).toMatchObject({
			state: 'unchecked',
			detail: 'its metrics do not tell',
		});
		const behind = [...threeVoters, {name: 'etcd-3', isLearner: true, status: {raftAppliedIndex: 0, raftIndex: 5000}}];
		expect(gate('snapshot', behind, {}, true, 'a0')?.state).toBe('failed');
		expect(gate('snapshot', behind)?.state).toBe('passed');
	});
});

it('acknowledged gates hold no longer; failed ones always do', () => {
	const single = evaluateGates({memberId: 'a0', evidence: evidenceOf([{name: 'etcd-0'}]), now, terminal: true});
	expect(blockingGate(single, [])?.id).toBe('quorum');
	expect(blockingGate(single, ['quorum'])).toBeUndefined();
	const corrupt = gates(change(2, {status: {errors: ['alarm:CORRUPT']}}));
	expect(
		blockingGate(
			corrupt,
			corrupt.map(({id}) => id),
		)?.id,
	).toBe('corrupt');
});
