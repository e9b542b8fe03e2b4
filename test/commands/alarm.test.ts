import {describe, expect, test} from 'vitest';
import {runAlarm} from '../../source/commands/alarm.ts';
import type {Disarming, DisarmPlan} from '../../source/domain/disarm.ts';
import type {State} from '../../source/engine/state.ts';
import type {Transport} from '../../source/transport/transport.ts';
import {UsageError} from '../../source/usage-error.ts';
import {clusterId, failure, MiB, observationOf, threeVoters} from '../domain/observations.ts';
import {contextFor} from './command-context.ts';
import {scriptedEngine} from './scripted-engine.ts';

test.each([
	['alarm', 'say etcdtop alarm list, or etcdtop alarm disarm [MEMBER…].'],
	['alarm list etcd-0', 'say etcdtop alarm list, or etcdtop alarm disarm [MEMBER…].'],
	['alarm disarm', 'without a terminal to ask on, alarm disarm needs --yes.'],
])('wrong usage: etcdtop %s', async (line, message) => {
	await expect(runAlarm(contextFor(line, {handle: scriptedEngine()}))).rejects.toThrow(new UsageError(message));
});

describe('list', () => {
	const transport: Partial<Transport> = {
		membership: async () => ({clusterId, members: observationOf(threeVoters).members.map(({member}) => member)}),
		alarms: async () => [
			{memberId: 'a1', alarm: 'NOSPACE'},
			{memberId: 'ffffffffffffffff', alarm: 'CORRUPT'},
		],
	};

	test.each([
		[
			'table',
			`+------------------+------------------+---------+
|      MEMBER      |        ID        |  ALARM  |
+------------------+------------------+---------+
| etcd-1           | a1               | NOSPACE |
| ffffffffffffffff | ffffffffffffffff | CORRUPT |
+------------------+------------------+---------+`,
		],
		['simple', 'memberID:161 alarm:NOSPACE\nmemberID:18446744073709551615 alarm:CORRUPT'],
		[
			'json',
			'[{"memberId":"a1","name":"etcd-1","alarm":"NOSPACE"},{"memberId":"ffffffffffffffff","name":"ffffffffffffffff","alarm":"CORRUPT"}]',
		],
	])('as %s', async (format, printed) => {
		const context = contextFor(`alarm list -w ${format}`, {transport});
		expect(await runAlarm(context)).toBe(0);
		expect(context.printed).toEqual([printed]);
	});

	test('none', async () => {
		const context = contextFor('alarm list', {transport: {...transport, alarms: async () => []}});
		expect(await runAlarm(context)).toBe(0);
		expect(context.printed).toEqual(['no alarms']);
	});
});

describe('disarm', () => {
	test('every NOSPACE alarm, one by one; CORRUPT is not asked for', async () => {
		const {context, engine, code} = await disarm('alarm disarm --yes', {
			alarms: [
				{memberId: 'a1', alarm: 'NOSPACE'},
				{memberId: 'a2', alarm: 'NOSPACE'},
				{memberId: 'a0', alarm: 'CORRUPT'},
			],
		});
		expect(code).toBe(0);
		expect(engine.calls.filter((call) => /isarm/.test(call))).toEqual([
			'openDisarm "a1"',
			'disarm "disarm"',
			'openDisarm "a2"',
			'disarm "disarm"',
		]);
		expect(context.printed).toEqual(['NOSPACE of etcd-1 is disarmed', 'NOSPACE of etcd-1 is disarmed']);
	});

	test.each([
		['etcd-1', 'a1'],
		['a1', 'a1'],
		['https://etcd-1:2379', 'a1'],
		['dead', 'dead'],
	])('of %s', async (word, memberId) => {
		const {engine, code} = await disarm(`alarm disarm ${word} --yes`, {
			alarms: [
				{memberId: 'a1', alarm: 'NOSPACE'},
				{memberId: 'dead', alarm: 'NOSPACE'},
			],
		});
		expect(code).toBe(0);
		expect(engine.calls.filter((call) => call.startsWith('openDisarm'))).toEqual([`openDisarm "${memberId}"`]);
	});

	test('none to disarm is done', async () => {
		const {context, code} = await disarm('alarm disarm --yes', {alarms: []});
		expect(code).toBe(0);
		expect(context.printed).toEqual(['no NOSPACE alarm']);
	});

	test('what the plan refuses', async () => {
		const {context, engine, code} = await disarm('alarm disarm --yes', {plan: {refusal: 'a CORRUPT alarm stands'}});
		expect(code).toBe(3);
		expect(context.said).toEqual(['refused: a CORRUPT alarm stands']);
		expect(engine.calls.some((call) => call.startsWith('disarm'))).toBe(false);
	});

	test('what is tight takes a person: --yes does not stand for it', async () => {
		const {context, code} = await disarm('alarm disarm --yes', {word: 'disarm anyway', typed: 'disarm anyway'});
		expect(code).toBe(3);
		expect(context.said.at(-1)).toBe('refused: this takes a person who types "disarm anyway"; leave --yes away.');
	});

	test.each([
		['disarm anyway', 0],
		['disarm', 2],
	])('a person types "%s"', async (typed, expected) => {
		const {context, engine, code} = await disarm('alarm disarm', {word: 'disarm anyway', typed});
		expect(code).toBe(expected);
		expect(context.said).toContain('etcd-1: 60.0 MiB, 94% of its quota');
		expect(context.said).toContain('Writes are accepted again at once.');
		expect(engine.calls.some((call) => call.startsWith('disarm "'))).toBe(expected === 0);
	});

	test.each<[Disarming['phase'], number, string]>([
		[{kind: 'refused', reason: 'no voter answers'}, 3, 'refused: no voter answers'],
		[
			{kind: 'failed', reason: 'etcdserver: permission denied', nextStep: 'Give a user with the root role.'},
			1,
			'NOSPACE of etcd-1 was not disarmed: etcdserver: permission denied. Give a user with the root role.',
		],
		[
			{kind: 'unknown', reason: 'no answer within 5.0 s', nextStep: 'Look at the alarms again.'},
			4,
			'whether NOSPACE of etcd-1 is disarmed is not known: no answer within 5.0 s. Look at the alarms again.',
		],
	])('what came of it is the exit code: %j', async (phase, expected, sentence) => {
		const {context, engine, code} = await disarm('alarm disarm --yes', {
			alarms: [
				{memberId: 'a1', alarm: 'NOSPACE'},
				{memberId: 'a2', alarm: 'NOSPACE'},
			],
			phase,
		});
		expect(code).toBe(expected);
		expect(context.printed).toEqual([]);
		expect(context.said.at(-1)).toBe(sentence);
		expect(engine.calls).not.toContain('openDisarm "a2"');
	});

	test('members that can not be asked for a plan: failed, and nothing is asked of etcd', async () => {
		const {context, engine, code} = await disarm('alarm disarm --yes', {
			unplanned: {kind: 'failed', reason: 'nothing listens at http://e:2379', nextStep: 'Check that etcd runs there.'},
		});
		expect(code).toBe(1);
		expect(context.said.at(-1)).toBe(
			'NOSPACE of etcd-1 was not disarmed: nothing listens at http://e:2379. Check that etcd runs there.',
		);
		expect(engine.calls.some((call) => call.startsWith('disarm'))).toBe(false);
	});

	test('a member that has none is done already', async () => {
		const {context, engine, code} = await disarm('alarm disarm etcd-2 --yes', {});
		expect(code).toBe(0);
		expect(context.printed).toEqual(['etcd-2 has no NOSPACE alarm']);
		expect(engine.calls.some((call) => call.startsWith('openDisarm'))).toBe(false);
	});

	test('etcd does not tell its alarms', async () => {
		const {context, code} = await disarm('alarm disarm --yes', {
			asked: {at: 1, failure: {...failure('no-leader'), message: 'etcdserver: no leader', nextStep: 'Wait for an election.'}},
		});
		expect(code).toBe(1);
		expect(context.said).toEqual(['etcdserver: no leader. Wait for an election.']);
	});

	type Case = {
		readonly alarms?: NonNullable<State['alarmsAsked']>['alarms'];
		readonly asked?: State['alarmsAsked'];
		readonly plan?: Partial<DisarmPlan>;
		readonly word?: string;
		readonly typed?: string;
		readonly phase?: Disarming['phase'];
		/** There is no plan, for this reason. */
		readonly unplanned?: Disarming['phase'];
	};

	async function disarm(
		line: string,
		{
			alarms = [{memberId: 'a1', alarm: 'NOSPACE'}],
			asked = {at: 1, alarms},
			plan = {},
			word = 'disarm',
			typed,
			phase,
			unplanned,
		}: Case,
	) {
		let left = alarms.length;
		let open = '';
		const engine = scriptedEngine({
			askAlarms: (self) => self.become({alarmsAsked: asked}),
			openDisarm(self, memberId) {
				open = memberId;
				const ended = unplanned && {memberId, name: 'etcd-1', phase: unplanned};
				self.become({disarming: ended, disarmPlan: ended ? undefined : disarmPlan(memberId, word, plan)});
			},
			disarm(self) {
				const disarming = {memberId: open, name: 'etcd-1'};
				self.become({disarmPlan: undefined, disarming: {...disarming, phase: {kind: 'asking'}}});
				self.become({disarming: {...disarming, phase: phase ?? {kind: 'done', writable: --left === 0}}});
			},
		});
		const context = contextFor(line, {handle: engine, ...(typed === undefined ? {} : {typed})});
		return {context, engine, code: await runAlarm(context)};
	}
});

function disarmPlan(memberId: string, word: string, changes: Partial<DisarmPlan>): DisarmPlan {
	const confirmation = {
		word,
		consequences: ['Writes are accepted again at once.'],
		acknowledges: [],
		outage: false,
		terminalOnly: false,
	};
	return {
		memberId,
		name: 'etcd-1',
		rows: [
			{
				memberId,
				name: 'etcd-1',
				dbSizeBytes: 60 * MiB,
				used: 60 / 64,
				quotaBytes: 64 * MiB,
				quotaAssumed: false,
				passed: false,
				detail: '',
			},
		],
		...(changes.refusal === undefined ? {confirmation} : {}),
		...changes,
	};
}
