import {describe, expect, it} from 'vitest';
import type {Scope} from '../../source/domain/defrag-plan.ts';
import {assumedSpeed, type PlanInput, planDefragmentation} from '../../source/domain/defrag-planner.ts';
import {moveTargets} from '../../source/domain/move-leader.ts';
import {evidenceOf, type MemberCase, MiB} from './observations.ts';

function size(dbMiB: number, inUseMiB: number): Pick<MemberCase, 'status'> {
	return {status: {dbSizeBytes: dbMiB * MiB, dbSizeInUseBytes: inUseMiB * MiB, leaderId: 'a2'}};
}

/** `etcd-2` leads; what each gives back differs. */
const cases: readonly MemberCase[] = [
	{name: 'etcd-0', ...size(500, 200)},
	{name: 'etcd-1', ...size(210, 200)},
	{name: 'etcd-2', ...size(600, 200)},
	{name: 'etcd-3', ...size(900, 200)},
	{name: 'etcd-4', isLearner: true, ...size(900, 200)},
];

function plan(given: readonly MemberCase[], scope: Scope = {kind: 'all'}, changes: Partial<PlanInput> = {}) {
	return planDefragmentation({
		scope,
		evidence: evidenceOf(given),
		now: 200_000,
		speed: assumedSpeed,
		moveLeader: true,
		terminal: true,
		...changes,
	});
}

describe('only from a share and a size on, as a run that nobody watches', () => {
	const onlyFrom = {ratio: 0.45, dbSizeBytes: 100 * MiB};
	const why = (given: readonly MemberCase[]) => {
		const {steps, leftOut} = plan(given, {kind: 'all', onlyFrom});
		return [...steps.map(({name}) => `${name}: has a turn`), ...leftOut.map(({name, why: reason}) => `${name}: ${reason}`)];
	};

	it('both have to be reached', () => {
		expect(
			why([
				{name: 'exactly', ...size(100, 55)},
				{name: 'leaner', ...size(1000, 551)},
				{name: 'smaller', ...size(99, 1)},
				{name: 'learner', isLearner: true, ...size(900, 200)},
			]),
		).toEqual(['exactly: has a turn', 'leaner: skip, under 45%', 'smaller: skip, file under 100 MiB', 'learner: learner, never']);
	});

	it('a smaller share than the usual one does not weaken that', () => {
		const {leftOut} = plan([{name: 'etcd-0', ...size(500, 460)}], {kind: 'all', onlyFrom: {ratio: 0.01, dbSizeBytes: 0}});
		expect(leftOut.map(({why: reason}) => reason)).toEqual(['skip, under 10%']);
	});

	it('with nothing like that the plan refuses, and says that nothing gives back enough', () => {
		expect(plan([{name: 'etcd-2', ...size(99, 1)}], {kind: 'all', onlyFrom}).refusal).toBe(
			'no member gives back enough to be worth the silence',
		);
	});
});

describe('the order', () => {
	it('is non-leaders by what they give back, the leader last, learners and small ones never', () => {
		const made = plan(cases);
		expect(made.steps.map(({name, role, why}) => `${name} ${role}: ${why}`)).toEqual([
			'etcd-3 follower: gives most',
			'etcd-0 follower: gives less',
			'etcd-2 leader: leader, last',
		]);
		expect(made.leftOut.map(({name, why}) => `${name}: ${why}`)).toEqual(['etcd-1: skip, under 10%', 'etcd-4: learner, never']);
		expect(made.reclaimBytes).toBe((700 + 300 + 400) * MiB);
	});

	it('follows the leadership when it moves', () => {
		const moved = cases.map((one) => ({...one, status: {...(one.status as object), leaderId: 'a3'}}));
		expect(plan(moved).steps.map(({name}) => name)).toEqual(['etcd-2', 'etcd-0', 'etcd-3']);
	});

	it('leaves out balancers and the silent', () => {
		const given = cases.map((one, index) =>
			index === 0 ? {...one, watchOnly: 'answers as two'} : index === 3 ? {...one, status: 'timed-out' as const} : one,
		);
		expect(plan(given).steps.map(({name}) => name)).toEqual(['etcd-2']);
	});

	it('says when it is not worth it', () => {
		expect(plan([{name: 'etcd-0', ...size(100, 99)}]).refusal).toBe('no member gives back enough to be worth the silence');
	});
});

describe('under NOSPACE', () => {
	const alarm = 'memberID:161 alarm:NOSPACE ';
	/** The files of `etcd-0` and the leader `etcd-2` are near their quota; the others have room. */
	const full = (errors: readonly string[]): readonly MemberCase[] =>
		[92, 60, 95].map((dbMiB, index) => ({
			name: `etcd-${index}`,
			status: {dbSizeBytes: dbMiB * MiB, dbSizeInUseBytes: (dbMiB - 1) * MiB, leaderId: 'a2', errors},
			metrics: {quotaBackendBytes: 100 * MiB},
		}));

	it('takes those near their quota, whose freed pages etcd may not have counted', () => {
		const made = plan(full([alarm]));
		expect(made.steps.map(({name, why}) => `${name}: ${why}`)).toEqual(['etcd-0: gives most', 'etcd-2: leader, last']);
		expect(made.leftOut.map(({name, why}) => `${name}: ${why}`)).toEqual(['etcd-1: skip, under 10%']);
		expect(plan(full([alarm]), {kind: 'member', memberId: 'a2'}).refusal).toMatch(/etcd-0 goes first/);
	});

	it('counts what they hold by the voter that says the least: all hold the same', () => {
		const made = plan(full([alarm]));
		expect(made.steps.map(({inUseBytes, reclaimBytes}) => [inUseBytes, reclaimBytes])).toEqual([
			[59 * MiB, 33 * MiB],
			[59 * MiB, 36 * MiB],
		]);
		expect(made.steps.every(({reclaimIsAtLeast}) => reclaimIsAtLeast)).toBe(true);
		const lagging = full([alarm]).map((one, index) => ({
			...one,
			status: {...(one.status as object), raftIndex: 90_000, raftAppliedIndex: index === 1 ? 1 : 90_000},
		}));
		expect(plan(lagging).steps.map(({inUseBytes}) => inUseBytes)).toEqual([91 * MiB, 91 * MiB]);
	});

	it('moves leadership to none of them before its turn', () => {
		const given = full([alarm]);
		expect(moveTargets({evidence: evidenceOf(given)}, 'a2').map(({member}) => member.name)).toEqual(['etcd-1']);
		expect(moveTargets({evidence: evidenceOf(given), finished: ['a0']}, 'a2')).toHaveLength(2);
	});

	it('and without the alarm they stay in peace', () => {
		expect(plan(full([])).steps).toEqual([]);
	});
});

describe('one member by name', () => {
	it('refuses the leader while another voter has more than the threshold to give', () => {
		expect(plan(cases, {kind: 'member', memberId: 'a2'}).refusal).toBe(
			'it is the leader; etcd-3 goes first, it has 700 MiB to give back',
		);
		const done = cases.map((one, index) => (index === 2 || index === 4 ? one : {...one, ...size(210, 200)}));
		expect(plan(done, {kind: 'member', memberId: 'a2'}).refusal).toBeUndefined();
	});

	it('takes one below 10 %, refuses one below 1 % and 1 MiB, a learner and a stranger', () => {
		expect(plan(cases, {kind: 'member', memberId: 'a1'}).steps).toHaveLength(1);
		const tiny = cases.map((one, index) =>
			index === 1 ? {...one, status: {dbSizeBytes: 200 * MiB, dbSizeInUseBytes: 199.5 * MiB, leaderId: 'a2'}} : one,
		);
		expect(plan(tiny, {kind: 'member', memberId: 'a1'}).refusal).toBe('etcd-1: gives back only 512 KiB');
		expect(plan(cases, {kind: 'member', memberId: 'a4'}).refusal).toBe('etcd-4: learner, never');
		expect(plan(cases, {kind: 'member', memberId: 'ff'}).refusal).toBe('it is not a member of this cluster');
	});
});

describe('estimates', () => {
	it('come from the size in use, with cooldowns between and the move of leadership', () => {
		const made = plan(cases);
		expect(made.steps[0]?.estimateMs).toBe(4000);
		expect(made.totalMs).toBe(3 * (4000 + 2000) + 2 * 60_000 + 2000 + 30_000);
		expect(plan(cases, {kind: 'all'}, {moveLeader: false, configuredCooldownMs: 1}).totalMs).toBe(3 * 6000 + 2 * 60_000);
		expect(plan(cases, {kind: 'all'}, {moveLeader: false, configuredCooldownMs: 90_000}).totalMs).toBe(3 * 6000 + 2 * 90_000);
	});
});

describe('leadership', () => {
	it('is offered to a voter that is small already', () => {
		expect(plan(cases).moveLeader).toMatchObject({kind: 'possible', from: 'a2', to: 'a1', toName: 'etcd-1'});
	});

	it('goes only to voters that answer, read, are in step and small', () => {
		const evidence = evidenceOf(cases);
		const behind = evidenceOf(
			cases.map((one, index) => (index === 1 ? {...one, status: {...(one.status as object), raftAppliedIndex: -1}} : one)),
		);
		expect(moveTargets({evidence: behind}, 'a2')).toEqual([]);
		expect(moveTargets({evidence}, 'a2').map(({member}) => member.name)).toEqual(['etcd-1']);
		expect(moveTargets({evidence, finished: ['a0']}, 'a2').map(({member}) => member.name)).toEqual(['etcd-1', 'etcd-0']);
		const {a1: _, ...reads} = evidence.reads;
		expect(moveTargets({evidence: {...evidence, reads}}, 'a2')).toEqual([]);
	});

	it('is not offered where the leader has no turn, or is alone', () => {
		expect(plan(cases, {kind: 'member', memberId: 'a0'}).moveLeader).toBeUndefined();
		expect(plan([{name: 'etcd-0'}]).moveLeader).toBeUndefined();
	});
});

describe('what must be typed', () => {
	it('is the plain word in the plain case', () => {
		expect(plan(cases).confirmation).toMatchObject({word: 'defragment', outage: false, terminalOnly: false, acknowledges: []});
	});

	it('names the single voter, and says that everything stops', () => {
		expect(plan([{name: 'etcd-0'}]).confirmation).toMatchObject({
			word: 'etcd-0',
			outage: true,
			acknowledges: ['quorum'],
			consequences: expect.arrayContaining(['All reads and writes of the cluster stop meanwhile: it is the only voter.']),
		});
	});

	it('names the lost quorum', () => {
		const full = {dbSizeBytes: 100 * MiB, dbSizeInUseBytes: 10 * MiB, quotaBytes: 100 * MiB};
		const made = plan([
			{name: 'etcd-0', status: full},
			{name: 'etcd-1', status: full},
		]);
		expect(made.confirmation).toMatchObject({word: 'no snapshot, risk quorum', terminalOnly: true, outage: false});
	});

	it('is for a person to type where another machine may have a run under way that nobody can renew', () => {
		const full = cases.map((one) => ({...one, status: {...(one.status as object), errors: ['memberID:160 alarm:NOSPACE ']}}));
		const lease = {where: 'Lease x/etcdtop', sight: {kind: 'held', by: 'ben', unchangedMs: 0}} as const;
		const {confirmation} = plan(full, {kind: 'all'}, {evidence: evidenceOf(full, {lease})});
		expect(confirmation).toMatchObject({word: 'defragment anyway', terminalOnly: true, acknowledges: ['lease held by ben']});
		expect(confirmation.consequences[0]).toMatch(/ben holds Lease x\/etcdtop, and under NOSPACE/);
	});

	it('takes more than the plain word where a version has a known fault', () => {
		const old = cases.map((one) => ({...one, status: {...(one.status as object), version: '3.5.2'}}));
		const made = plan(old);
		expect(made.warnings.length).toBeGreaterThan(0);
		expect(made.confirmation.word).toBe('defragment anyway');
		expect(made.confirmation.acknowledges).toEqual(made.warnings.map(({id}) => id));
	});
});
