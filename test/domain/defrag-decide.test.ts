import {describe, expect, it} from 'vitest';
import {decide} from '../../source/domain/defrag-decide.ts';
import type {Evidence} from '../../source/domain/defrag-evidence.ts';
import {assumedSpeed, planDefragmentation} from '../../source/domain/defrag-planner.ts';
import type {Run} from '../../source/domain/defrag-run.ts';
import * as transitions from '../../source/domain/defrag-transitions.ts';
import {votersOf} from '../../source/domain/voters.ts';
import {evidenceOf, failure, type MemberCase, MiB, threeVoters} from './observations.ts';

const now = 200_000;
const options = {speed: assumedSpeed};

function begin(cases: readonly MemberCase[] = threeVoters, changes: Partial<Run> = {}): Run {
	const evidence = evidenceOf(cases);
	const plan = planDefragmentation({scope: {kind: 'all'}, evidence, now, speed: assumedSpeed, moveLeader: true, terminal: true});
	const voters = votersOf(evidence.observation).map(({member}) => member.id);
	return {
		...transitions.beginRun({id: 'r', operator: 'ana@bastion', plan, voters, moveLeader: false, interactive: true, now}),
		...changes,
	};
}

function look(run: Run, cases: readonly MemberCase[] = threeVoters, changes: Partial<Evidence> = {}, at = now) {
	return decide(run, evidenceOf(cases, changes, at), at, options);
}

function change(index: number, changes: Partial<MemberCase>, cases: readonly MemberCase[] = threeVoters): readonly MemberCase[] {
	return cases.map((one, position) => (position === index ? {...one, ...changes} : one));
}

/** The run with `memberId` at work since `now`. */
function atWork(memberId = 'a1', run = begin()): Run {
	const row = planDefragmentation({
		scope: {kind: 'member', memberId},
		evidence: evidenceOf(threeVoters),
		now,
		speed: assumedSpeed,
		moveLeader: false,
		terminal: true,
	}).steps[0];
	if (row === undefined) {
		throw new Error('no such row');
	}
	return transitions.beginTurn(run, {row, termBefore: 7, countBefore: 0, processStartSeconds: 1000}, now);
}

const small = {dbSizeBytes: 41 * MiB};

describe('before a turn', () => {
	it('starts the first non-leader when all gates have passed', () => {
		expect(look(begin())).toMatchObject({kind: 'start', row: {name: 'etcd-1'}});
	});

	it('waits for the cooldown until its very end', () => {
		const cooldown = {kind: 'cooling', until: now + 1, why: 'etcd-0 was defragmented'} as const;
		expect(look(begin(), threeVoters, {cooldown})).toMatchObject({kind: 'wait', until: now + 1});
	});

	it('waits for a foreign defragmentation, and for no longer than a quarter of an hour', () => {
		const busy = change(2, {metrics: {defragInflight: 1}});
		expect(look(begin(), busy)).toMatchObject({kind: 'wait'});
		expect(look(begin(), busy, {}, now + 15 * 60_000)).toMatchObject({
			kind: 'halt',
			reason: 'nothing in flight: etcd-2 is being defragmented',
		});
	});

	it('follows leadership that moved between the plan and the step', () => {
		const moved = threeVoters.map((one) => ({...one, status: {leaderId: 'a1'}}));
		expect(look(begin(), moved)).toMatchObject({kind: 'start', row: {name: 'etcd-0'}});
	});

	it.each([
		['a voter that left', threeVoters.slice(0, 2), 'the voters of the cluster changed'],
		['a voter that came', [...threeVoters, {name: 'etcd-3'}], 'the voters of the cluster changed'],
		['a confirmed member that is down', change(2, {status: 'refused', metrics: 'refused'}), 'etcd-2 does not answer'],
		['CORRUPT', change(0, {status: {errors: ['memberID:1 alarm:CORRUPT ']}}), 'no CORRUPT alarm: memberID:1 alarm:CORRUPT'],
		[
			'a lost leader',
			change(2, {status: {leaderId: 'a2'}}),
			'all agree on one leader: the members name different leaders or terms',
		],
	])('halts on %s', (_, cases, reason) => {
		expect(look(begin(), cases)).toMatchObject({kind: 'halt', reason});
	});

	it('halts on a quorum that does not read', () => {
		const {reads} = evidenceOf(threeVoters);
		expect(look(begin(), threeVoters, {reads: {...reads, a2: {kind: 'failed', failure: failure('timed-out')}}})).toMatchObject({
			kind: 'halt',
		});
	});

	it('halts when one that had its turn is gone, also where the others are a quorum', () => {
		const five = [...threeVoters, {name: 'etcd-3'}, {name: 'etcd-4'}];
		const done = {memberId: 'a1', name: 'etcd-1', role: 'follower', outcome: 'done', endedAt: now} as const;
		const run = begin(five, {turns: [{...done, before: {dbSizeBytes: 1, inUseBytes: 1}}]});
		expect(look(run, change(1, {status: 'refused', metrics: 'refused'}, five))).toMatchObject({
			kind: 'halt',
			reason: 'etcd-1 does not answer',
			detail: 'its turn is over',
		});
	});

	it('starts and moves nothing on a look that is older than 5 s, and looks again', () => {
		const old = evidenceOf(threeVoters, {}, now);
		expect(decide(begin(), old, now + 5000, options)).toMatchObject({kind: 'start'});
		expect(decide(begin(), old, now + 5001, options)).toMatchObject({kind: 'wait'});
	});

	it('halts where every look is too old for a quarter of an hour', () => {
		const late = now + 15 * 60_000;
		const old = evidenceOf(threeVoters, {}, late - 6000);
		expect(decide(begin(), old, late - 1, options)).toMatchObject({kind: 'wait', why: 'the members are looked at again'});
		expect(decide(begin(), old, late, options)).toMatchObject({kind: 'halt', reason: 'the members take too long to answer'});
	});

	it('a promoted learner is a change of voters', () => {
		const run = begin([...threeVoters, {name: 'etcd-3', isLearner: true}]);
		expect(look(run, [...threeVoters, {name: 'etcd-3', isLearner: false}])).toMatchObject({kind: 'halt'});
	});

	it('halts on a version fault that nobody was told of', () => {
		expect(look(begin(), change(2, {status: {version: '3.5.2'}}))).toMatchObject({
			kind: 'halt',
			detail: 'not known when the run was confirmed',
		});
	});

	it('skips a confirmed member that has nothing left to give, and touches none that was not confirmed', () => {
		expect(look(begin(), change(1, {status: {...small}}))).toMatchObject({
			kind: 'skip',
			turns: [{name: 'etcd-1', outcome: 'skipped'}],
		});
		const one = begin(threeVoters, {confirmed: ['a2']});
		expect(look(one)).toMatchObject({kind: 'start', row: {name: 'etcd-2'}});
		expect(
			look({
				...one,
				turns: [
					{
						memberId: 'a2',
						name: 'etcd-2',
						role: 'follower',
						outcome: 'done',
						before: {dbSizeBytes: 1, inUseBytes: 1},
						endedAt: now,
					},
				],
			}),
		).toEqual({kind: 'finish'});
	});

	it('touches no member twice', () => {
		const done = (memberId: string) =>
			({
				memberId,
				name: memberId,
				role: 'follower',
				outcome: 'done',
				before: {dbSizeBytes: 1, inUseBytes: 1},
				endedAt: now,
			}) as const;
		expect(look(begin(threeVoters, {turns: [done('a0'), done('a1'), done('a2')]}))).toEqual({kind: 'finish'});
	});

	it('ends between members when it was cancelled, also in a cooldown', () => {
		expect(look(transitions.requestCancel(begin(), 'ana', now))).toEqual({kind: 'cancel', by: 'ana'});
	});
});

describe("the leader's turn", () => {
	const others = (memberId: string) =>
		({
			memberId,
			name: memberId,
			role: 'follower',
			outcome: 'done',
			before: {dbSizeBytes: 1, inUseBytes: 1},
			endedAt: now,
		}) as const;
	const last = (changes: Partial<Run> = {}) => begin(threeVoters, {turns: [others('a1'), others('a2')], ...changes});
	const shrunk = change(1, {status: small}, change(2, {status: small}));

	it('comes last, as leader', () => {
		expect(look(last(), shrunk)).toMatchObject({kind: 'start', row: {name: 'etcd-0', role: 'leader'}});
	});

	it('comes after a move to a small voter, once', () => {
		expect(look(last({moveLeader: true}), shrunk)).toEqual({kind: 'move leader', from: 'a0', to: 'a1'});
		expect(look(last({moveLeader: true, moves: [{at: now, from: 'etcd-0', to: 'etcd-1', tookMs: 400}]}), shrunk)).toMatchObject({
			kind: 'start',
		});
	});

	it('watches a move for 15 s, then asks, or halts where nobody can be asked', () => {
		const moving = (changes: Partial<Run> = {}) => transitions.beginMove(last({moveLeader: true, ...changes}), 'a0', 'a1', now);
		expect(look(moving(), shrunk, {}, now + 14_999)).toMatchObject({kind: 'wait'});
		expect(look(moving(), shrunk, {}, now + 15_000)).toEqual({kind: 'ask', reason: 'leadership did not move', otherTarget: 'a2'});
		expect(look(moving({interactive: false}), shrunk, {}, now + 15_000)).toMatchObject({
			kind: 'halt',
			reason: 'leadership could not be moved',
		});
		const moved = shrunk.map((one) => ({...one, status: {...(one.status as object), leaderId: 'a1'}}));
		expect(look(moving(), moved)).toEqual({kind: 'moved'});
	});

	it("the operator's answer to a failed move is obeyed", () => {
		const asking = transitions.askOperator(transitions.beginMove(last({moveLeader: true}), 'a0', 'a1', now), 'x', 'a2', now);
		expect(look(asking, shrunk)).toMatchObject({kind: 'wait'});
		expect(look(transitions.answerMove(asking, 'stop', now), shrunk)).toMatchObject({kind: 'cancel'});
		expect(look(transitions.answerMove(asking, 'as leader', now), shrunk)).toMatchObject({kind: 'start', row: {role: 'leader'}});
		const other = transitions.answerMove(asking, 'other target', now);
		expect(look(other, shrunk)).toEqual({kind: 'move leader', from: 'a0', to: 'a2'});
		expect(look(other, change(2, {status: {...small, raftAppliedIndex: -1}}, shrunk))).toMatchObject({
			kind: 'halt',
			reason: "leadership can't go to etcd-2 any more",
		});
		expect(look(other, shrunk, {cooldown: {kind: 'cooling', until: now + 1, why: ''}})).toMatchObject({kind: 'wait'});
		expect(look(transitions.requestCancel(other, 'ana', now), shrunk)).toMatchObject({kind: 'cancel'});
		const noOther = transitions.askOperator(
			transitions.beginMove(last({moveLeader: true}), 'a0', 'a1', now),
			'x',
			undefined,
			now,
		);
		expect(transitions.answerMove(noOther, 'other target', now)).toBe(noOther);
	});

	it('does not count a member that was skipped as small', () => {
		const skipped = last({
			moveLeader: true,
			turns: [{...others('a1'), outcome: 'skipped'}, others('a2')],
		});
		expect(look(skipped)).toEqual({kind: 'move leader', from: 'a0', to: 'a2'});
	});
});

describe('an unknown outcome', () => {
	const unknown = transitions.becomeUnknown(atWork(), 'timed out');

	it.each([
		['silent', change(1, {status: 'timed-out'}), 'wait'],
		['in flight', change(1, {metrics: {defragInflight: 1}}), 'wait'],
		['done after all', change(1, {status: small, metrics: {defragCount: 1}}), 'resolved'],
		['idle, and the count did not rise', threeVoters, 'halt'],
		[
			'in flight, though its clock was set forward',
			change(1, {status: 'timed-out', metrics: {processStartSeconds: 4600, defragInflight: 1}}),
			'wait',
		],
		[
			'done, and its start printed a fraction off',
			change(1, {metrics: {processStartSeconds: 1000.5, defragCount: 1}}),
			'resolved',
		],
		['another process', change(1, {metrics: {processStartSeconds: 3000, defragCount: 0}}), 'halt'],
		['smaller, without metrics', change(1, {status: small, metrics: 'unsupported'}), 'resolved'],
	])('%s', (_, cases, kind) => {
		expect(look(unknown, cases).kind).toBe(kind);
	});

	it('without metrics needs a linearizable read of that member', () => {
		expect(look(unknown, change(1, {status: small, metrics: 'unsupported'}), {reads: {}}).kind).toBe('wait');
	});

	it('ends when the member leaves', () => {
		expect(look(unknown, [{name: 'etcd-0'}, {name: 'etcd-2', id: 'a2'}])).toMatchObject({
			kind: 'halt',
			reason: 'a1 left the member list',
		});
	});

	it('is never cancelled away', () => {
		expect(look(transitions.requestCancel(unknown, 'ana', now), change(1, {status: 'timed-out'})).kind).toBe('wait');
	});
});

describe('settling', () => {
	const settling = transitions.beginSettling(atWork(), now + 5000);
	const done = change(1, {status: small, metrics: {defragCount: 1}});

	it('needs an answer, a small lag, one leader and a linearizable read on that member', () => {
		expect(look(settling, done, {}, now + 6000)).toEqual({
			kind: 'settled',
			after: {dbSizeBytes: 41 * MiB, inUseBytes: 40 * MiB},
			termAfter: 7,
		});
		expect(look(settling, change(1, {status: 'timed-out'}, done), {}, now + 6000).kind).toBe('settling');
		expect(look(settling, change(0, {status: {raftIndex: 5000}}, done), {}, now + 6000).kind).toBe('settling');
		expect(look(settling, done, {reads: {}}, now + 6000).kind).toBe('settling');
	});

	it('halts after 5 minutes, naming what is missing', () => {
		const {reads} = evidenceOf(threeVoters);
		const unread = {reads: {...reads, a1: {kind: 'failed', failure: failure('timed-out')}}} as const;
		expect(look(settling, done, unread, now + 5000 + 299_999).kind).toBe('settling');
		expect(look(settling, done, unread, now + 5000 + 300_000)).toMatchObject({
			kind: 'halt',
			reason: 'etcd-1 did not settle within 5:00',
			detail: 'linearizable read on etcd-1: timed-out',
		});
	});

	it('halts when the process is another one', () => {
		expect(look(settling, change(1, {metrics: {processStartSeconds: 3000}}))).toMatchObject({
			kind: 'halt',
			reason: 'etcd-1 restarted in its turn',
		});
	});
});
