import {describe, expect, it} from 'vitest';
import {type Attempt, cooldownState} from '../../source/domain/cooldown.ts';
import {advanceLedger, emptyLedger} from '../../source/domain/cooldown-ledger.ts';
import {type MemberCase, observationOf, threeVoters} from './observations.ts';

const start = 100_000;

function attempt(changes: Partial<Attempt> = {}): Attempt {
	return {
		id: 'x',
		memberId: 'a0',
		name: 'etcd-0',
		thisBoot: true,
		startedAt: 50_000,
		countBefore: 0,
		processStartSeconds: 1000,
		...changes,
	};
}

function ended(at: number, changes: Partial<Attempt> = {}, thisBoot = true): Attempt {
	return attempt({end: {at, thisBoot, count: 1, wallMs: 0, processStartSeconds: 1000}, ...changes});
}

/** The state after watching `rounds` from `start` on, one every two seconds. */
function watch(
	rounds: readonly (readonly MemberCase[])[],
	attempts: readonly Attempt[] = [],
	configuredMs?: number,
	lookAt?: number,
) {
	let ledger = emptyLedger(start);
	let at = start;
	for (const cases of rounds) {
		at += 2000;
		ledger = advanceLedger(ledger, observationOf(cases, at), attempts, new Set(), configuredMs);
	}
	return cooldownState(ledger, attempts, lookAt ?? at, configuredMs);
}

function withMember(changes: Partial<MemberCase>): readonly MemberCase[] {
	return [{...threeVoters[0], name: 'etcd-0', ...changes}, ...threeVoters.slice(1)];
}

describe('the cooldown', () => {
	it('is over where nothing was ever defragmented and every process is old enough to know', () => {
		expect(watch([threeVoters])).toEqual({kind: 'over'});
	});

	it('is not known before every member has been heard of', () => {
		expect(watch([withMember({metrics: 'pending'})]).kind).toBe('finding out');
	});

	it.each([
		['a count that no journal explains', {defragCount: 3}],
		['no count', {defragCount: undefined}],
		['a process younger than the cooldown', {memberClockSeconds: 1030}],
		['a process whose age is not known', {memberClockSeconds: undefined}],
	])('runs in full from now with %s', (_, metrics) => {
		const defined = Object.fromEntries(Object.entries(metrics).filter(([, value]) => value !== undefined));
		const cases = withMember({metrics: defined});
		const observation = observationOf(cases, start + 2000);
		const stripped = {
			...observation,
			members: observation.members.map((seen, index) => {
				if (index !== 0 || seen.metrics.kind !== 'answered') {
					return seen;
				}
				const value = Object.fromEntries(
					Object.entries(seen.metrics.value).filter(([key]) => !(key in metrics) || key in defined),
				);
				return {...seen, metrics: {...seen.metrics, value: value as typeof seen.metrics.value}};
			}),
		};
		const ledger = advanceLedger(emptyLedger(start), stripped, []);
		expect(cooldownState(ledger, [], start + 2000)).toMatchObject({kind: 'cooling', until: start + 62_000});
	});

	it('runs from now where a member has no metrics at all', () => {
		expect(watch([withMember({metrics: 'unsupported'})])).toMatchObject({kind: 'cooling', until: start + 62_000});
	});

	it('takes back what it presumed when the metrics come late and exclude it', () => {
		expect(watch([withMember({metrics: 'timed-out'}), threeVoters]).kind).toBe('over');
	});

	it('rests on the journal where the count is the one written there', () => {
		const cases = withMember({metrics: {defragCount: 1}});
		expect(watch([cases], [ended(60_000)])).toMatchObject({kind: 'cooling', until: 120_000});
		expect(watch([cases], [ended(30_000)])).toMatchObject({kind: 'over', last: {name: 'etcd-0', endedAt: 30_000}});
	});

	it("starts again in full where the journal's last line is of another boot", () => {
		const cases = withMember({metrics: {defragCount: 1}});
		const otherBoot = {thisBoot: false};
		expect(watch([cases], [ended(1, otherBoot, false)])).toMatchObject({kind: 'cooling', until: start + 62_000});
		expect(watch([cases, cases], [ended(start + 50_000, otherBoot, false)])).toMatchObject({until: start + 62_000});
	});

	it('runs from when an end on another machine was seen here, however long we have watched', () => {
		const open = attempt({thisBoot: false});
		const closed = ended(1, {thisBoot: false}, false);
		let ledger = emptyLedger(start);
		const silent = withMember({status: 'timed-out', metrics: 'timed-out'});
		ledger = advanceLedger(ledger, observationOf(threeVoters, start), []);
		ledger = advanceLedger(ledger, observationOf(silent, start + 90_000), [open]);
		expect(cooldownState(ledger, [open], start + 90_000).kind).toBe('blocked');
		expect(cooldownState(ledger, [closed], start + 91_000)).toMatchObject({kind: 'cooling', until: start + 151_000});
		ledger = advanceLedger(ledger, observationOf(silent, start + 92_000), [closed]);
		ledger = advanceLedger(ledger, observationOf(silent, start + 99_000), [closed]);
		expect(cooldownState(ledger, [closed], start + 99_000)).toMatchObject({kind: 'cooling', until: start + 152_000});
	});

	it('ignores lines of another boot before one of this boot', () => {
		const cases = withMember({metrics: {defragCount: 1}});
		const before = ended(99_999, {thisBoot: false}, false);
		expect(watch([cases], [before, ended(20_000, {id: 'y'})])).toMatchObject({kind: 'over'});
	});

	it('blocks while a member has one in flight, whoever asked, and runs from its end', () => {
		const running = withMember({metrics: {defragInflight: 1}});
		expect(watch([threeVoters, running])).toMatchObject({kind: 'blocked', memberId: 'a0'});
		expect(watch([threeVoters, running, running, threeVoters])).toMatchObject({kind: 'cooling', until: start + 8000 + 60_000});
	});

	it('counts one that was over between two looks', () => {
		expect(watch([threeVoters, withMember({metrics: {defragCount: 1}})])).toMatchObject({
			kind: 'cooling',
			until: start + 4000 + 60_000,
		});
	});

	it('counts a file that shrank where there are no metrics', () => {
		const silent = {metrics: 'unsupported'} as const;
		const before = withMember({...silent, status: {dbSizeBytes: 1000}});
		const after = withMember({...silent, status: {dbSizeBytes: 980}});
		const hold = Array.from({length: 40}, () => before);
		expect(watch([...hold, after])).toMatchObject({kind: 'cooling', until: start + 82_000 + 60_000});
	});

	it('does not count a file that shrank by one percent or less', () => {
		const rounds = Array.from({length: 40}, (_, index) =>
			withMember({metrics: 'unsupported', status: {dbSizeBytes: 1000 - (index === 39 ? 10 : 0)}}),
		);
		expect(watch(rounds).kind).toBe('over');
	});

	it.each([
		['cut off before the start of the process', {processStartSeconds: undefined, memberClockSeconds: undefined}],
		['with a start that is a fraction of a second off', {processStartSeconds: 1000.4}],
	])('counts one that is told by a page %s', (_, odd) => {
		const page = withMember({metrics: {defragCount: 1, ...odd}});
		const later = withMember({metrics: {defragCount: 1}});
		expect(watch([threeVoters, page, later])).toMatchObject({kind: 'cooling', until: start + 4000 + 60_000});
	});

	it('makes none of pages that are cut off, garbage or a fraction of a second off', () => {
		const cases = withMember({metrics: {defragCount: 1}});
		const known = [ended(30_000)];
		const odd = [
			{defragCount: undefined, processStartSeconds: undefined, memberClockSeconds: undefined, defragInflight: undefined},
			{defragCount: 1, processStartSeconds: undefined},
			{defragCount: 1, processStartSeconds: 1000.9},
		];
		for (const metrics of odd) {
			expect(watch([cases, withMember({metrics}), cases], known).kind, JSON.stringify(metrics)).toBe('over');
		}
	});

	it('takes a count that fell for another process', () => {
		const [before, after] = [5, 2].map((defragCount) => withMember({metrics: {defragCount}}));
		expect(watch([before!, ...Array.from({length: 40}, () => before!), after!])).toMatchObject({
			kind: 'cooling',
			until: start + 84_000 + 60_000,
		});
	});

	it('starts again when a process restarts under our eyes', () => {
		expect(watch([threeVoters, withMember({metrics: {processStartSeconds: 4990, memberClockSeconds: 5000}})])).toMatchObject({
			kind: 'cooling',
		});
	});

	it('keeps the trace of a member that left', () => {
		const running = withMember({metrics: {defragInflight: 1}});
		const ledger = advanceLedger(
			advanceLedger(emptyLedger(start), observationOf(running, start), []),
			observationOf([{name: 'etcd-1', id: 'a1'}], start + 1),
			[],
		);
		expect(cooldownState(ledger, [], start + 1)).toMatchObject({kind: 'cooling', until: start + 1 + 60_000});
	});

	it('keeps the trace of a member that came back under its name, with another id', () => {
		const ledger = [
			observationOf(withMember({metrics: {defragInflight: 1}}), start),
			observationOf(withMember({id: 'b0', metrics: 'pending'}), start + 1),
			observationOf(withMember({id: 'b0'}), start + 2),
		].reduce((before, observation) => advanceLedger(before, observation, []), emptyLedger(start));
		expect(cooldownState(ledger, [], start + 2)).toMatchObject({kind: 'cooling', until: start + 1 + 60_000});
	});

	it('runs from when a member died in the middle of one', () => {
		const running = withMember({metrics: {defragInflight: 1}, status: 'timed-out'});
		const silent = withMember({metrics: 'timed-out', status: 'timed-out'});
		const dead = withMember({metrics: 'refused', status: 'refused'});
		expect(watch([threeVoters, running, silent]).kind).toBe('blocked');
		expect(watch([threeVoters, running, dead, dead])).toMatchObject({kind: 'cooling', until: start + 6000 + 60_000});
	});

	it('can be longer and never shorter', () => {
		const cases = withMember({metrics: {defragCount: 1}});
		expect(watch([cases], [ended(101_000)], 300_000)).toMatchObject({until: 401_000});
		expect(watch([cases], [ended(101_000)], 1000)).toMatchObject({until: 161_000});
		expect(watch([cases], [ended(101_000)], 0, 160_999)).toMatchObject({kind: 'cooling'});
		expect(watch([cases], [ended(101_000)], 0, 161_000)).toMatchObject({kind: 'over'});
	});

	it('that is longer asks for members that have run as long: before their start anything may have been', () => {
		const twoMinutes = withMember({metrics: {processStartSeconds: 1000, memberClockSeconds: 1120}});
		expect(watch([twoMinutes]).kind).toBe('over');
		expect(watch([twoMinutes], [], 300_000)).toMatchObject({kind: 'cooling', until: start + 2000 + 300_000});
		expect(watch([threeVoters], [], 300_000).kind).toBe('over');
	});
});

describe('an attempt without an end', () => {
	it('blocks until its member answers with nothing in flight, then runs in full', () => {
		const silent = withMember({status: 'timed-out', metrics: 'timed-out'});
		expect(watch([silent], [attempt()])).toMatchObject({kind: 'blocked', memberId: 'a0'});
		expect(watch([silent, withMember({metrics: {defragInflight: 1}})], [attempt()])).toMatchObject({kind: 'blocked'});
		expect(watch([silent, threeVoters], [attempt()])).toMatchObject({kind: 'cooling', until: start + 4000 + 60_000});
	});

	it('is over when the process is a later one, or the member is gone', () => {
		const restarted = withMember({metrics: {processStartSeconds: 2000, defragInflight: 0}});
		expect(watch([restarted], [attempt()]).kind).toBe('cooling');
		expect(watch([[{name: 'etcd-1', id: 'a1'}]], [attempt()]).kind).toBe('cooling');
	});

	it('is not resolved by an answer older than the attempt', () => {
		expect(watch([threeVoters], [attempt({startedAt: start + 5000})]).kind).toBe('blocked');
	});

	it('is not resolved before the call can have reached the member, which is idle until then', () => {
		const [early, late] = [start + 2001 - 10_000 - 1, start + 2001 - 10_000 - 2];
		const idle = withMember({metrics: {defragCount: 0}});
		expect(watch([idle], [attempt({startedAt: start + 1990})]).kind).toBe('blocked');
		expect(watch([idle], [attempt({startedAt: early})]).kind).toBe('blocked');
		expect(watch([idle], [attempt({startedAt: late})]).kind).toBe('cooling');
		expect(watch([idle], [attempt({thisBoot: false, startedAt: 1})]).kind).toBe('blocked');
		expect(watch(Array(7).fill(idle), [attempt({thisBoot: false, startedAt: 1})])).toMatchObject({kind: 'cooling'});
		const done = withMember({metrics: {defragCount: 1}});
		expect(watch([done], [attempt({startedAt: start + 1990})]).kind).toBe('cooling');
	});

	it('is not over while one is in flight, whatever the start of the process says', () => {
		const stepped = withMember({metrics: {processStartSeconds: 4000, defragInflight: 1}});
		expect(watch([stepped], [attempt()])).toMatchObject({kind: 'blocked', why: 'etcd-0 is being defragmented'});
		const ledger = advanceLedger(emptyLedger(start), observationOf(stepped, start + 2000), [attempt()]);
		expect(ledger.resolved).toEqual([]);
	});

	it('needs a linearizable read where there are no metrics', () => {
		const cases = withMember({metrics: 'unsupported'});
		const observation = observationOf(cases, start + 2000);
		const unread = advanceLedger(emptyLedger(start), observation, [attempt()]);
		expect(cooldownState(unread, [attempt()], start + 2000).kind).toBe('blocked');
		const read = advanceLedger(unread, observation, [attempt()], new Set(['a0']));
		expect(cooldownState(read, [attempt()], start + 2000).kind).toBe('cooling');
	});
});
