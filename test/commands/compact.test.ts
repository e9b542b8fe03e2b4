import {describe, expect, test} from 'vitest';
import {runCompact} from '../../source/commands/compact.ts';
import type {Compaction, CompactPlan} from '../../source/domain/compact.ts';
import {UsageError} from '../../source/usage-error.ts';
import {MiB} from '../domain/observations.ts';
import {contextFor} from './command-context.ts';
import {scriptedEngine} from './scripted-engine.ts';

const ordinary = {
	word: 'compact',
	consequences: ['Revisions before 400 are dropped.'],
	acknowledges: [],
	outage: false,
	terminalOnly: false,
};
const head = {...ordinary, word: 'compact to head', consequences: ['Watchers that are behind must list again.']};
const ready: CompactPlan = {
	headRevision: 500,
	inUseBytes: 60 * MiB,
	target: {revision: 400, ageMs: 300_000},
	confirmation: ordinary,
	headConfirmation: head,
};
const watching: CompactPlan = {headRevision: 500, inUseBytes: 60 * MiB, targetAt: 220_000, headConfirmation: head};
const begun: Omit<Compaction, 'phase'> = {operator: 'ana', revision: 400, startedAt: 1, inUseBefore: 60 * MiB};
const finished: Compaction = {...begun, phase: {kind: 'finished', at: 2, inUseBytes: 20 * MiB, uncounted: []}};

test('without a terminal it takes --yes', async () => {
	await expect(runCompact(contextFor('compact', {handle: scriptedEngine()}))).rejects.toThrow(
		new UsageError('without a terminal to ask on, compact needs --yes.'),
	);
});

test('compacts, tells what it does, and what became of it', async () => {
	const {context, engine, code} = await compact('compact --yes');
	expect(code).toBe(0);
	expect(engine.calls).toEqual(['openCompact', 'dismissMessage', 'compact "target" "compact"']);
	expect(context.said).toEqual([
		'Revisions before 400 are dropped.',
		'compacting to revision 400',
		'compacted; waiting until the size in use rests',
	]);
	expect(context.printed).toEqual([
		'compacted to revision 400: in use 60.0 MiB → 20.0 MiB. Defragment to make the files smaller.',
	]);
	expect(engine.stopped).toBe(true);
});

test('waits until a revision is known to be old enough, and tells how long', async () => {
	const {context, code} = await compact('compact --yes', {plans: [watching, ready]});
	expect(code).toBe(0);
	expect(context.said[0]).toBe('no revision is known to be old enough yet: watching for 2:00 (--to-head would not wait)');
});

test('--to-head does not wait, and says who loses what', async () => {
	const {context, engine, code} = await compact('compact --yes --to-head', {plans: [watching]});
	expect(code).toBe(0);
	expect(context.said[0]).toBe('Watchers that are behind must list again.');
	expect(engine.calls.at(-1)).toBe('compact "head" "compact to head"');
});

test.each([
	['compact', 0],
	['no', 2],
])('a person types "%s"', async (typed, expected) => {
	const {engine, code} = await compact('compact', {typed});
	expect(code).toBe(expected);
	expect(engine.calls.at(-1)).toBe(expected === 0 ? 'compact "target" "compact"' : 'closeCompact');
});

test('how long it watches is not a minute more because the state is a little old', async () => {
	const {context} = await compact('compact --yes', {plans: [{...watching, targetAt: 400_300}, ready]});
	expect(context.said[0]).toContain('watching for 5:00');
});

describe('interrupted', () => {
	test.each<[when: string, phase: Compaction['phase'] | undefined, expected: number, said: string]>([
		['before', undefined, 1, 'Interrupted. Nothing was changed.'],
		['under way', {kind: 'compacting'}, 4, 'Interrupted. etcd goes on compacting by itself; nothing can stop it.'],
		['afterwards', {kind: 'stabilising', since: 1, inUseBytes: MiB}, 0, 'Interrupted. It is compacted to revision 400.'],
	])('%s', async (_, phase, expected, said) => {
		const engine = scriptedEngine({
			openCompact: (self) => self.become(phase === undefined ? {compactPlan: watching} : {compactPlan: ready}),
			compact: (self) => self.become({compactPlan: undefined, compaction: {...begun, phase: phase!}}),
		});
		const context = contextFor('compact --yes', {handle: engine});
		const running = runCompact(context);
		setTimeout(() => context.interrupt(), 50);
		expect(await running).toBe(expected);
		expect(context.said.at(-1)).toBe(said);
		expect(engine.stopped).toBe(true);
	});
});

describe('how else it ends', () => {
	test.each<[what: string, phase: Compaction['phase'], expected: number, said: string]>([
		[
			'failed',
			{kind: 'failed', at: 2, reason: 'permission denied', nextStep: 'It takes the root role.'},
			1,
			'permission denied. It takes the root role.',
		],
		['unknown', {kind: 'unknown', at: 2, reason: 'timed out', nextStep: ''}, 4, 'timed out'],
	])('%s', async (_, phase, expected, said) => {
		const {context, code} = await compact('compact --yes', {ended: {...begun, phase}});
		expect(code).toBe(expected);
		expect(context.said.at(-1)).toBe(said);
		expect(context.printed).toEqual([]);
	});

	test('refused by the plan', async () => {
		const {context, code} = await compact('compact --yes', {plans: [{...ready, refusal: 'a member is being defragmented'}]});
		expect(code).toBe(3);
		expect(context.said).toEqual(['refused: a member is being defragmented']);
	});
});

type Case = {readonly plans?: readonly CompactPlan[]; readonly ended?: Compaction; readonly typed?: string};

async function compact(line: string, {plans = [ready], ended = finished, typed}: Case = {}) {
	const engine = scriptedEngine({
		openCompact(self) {
			for (const compactPlan of plans) {
				setImmediate(() => self.become({compactPlan}));
			}
		},
		compact(self) {
			self.become({compactPlan: undefined, compaction: {...begun, phase: {kind: 'compacting'}}});
			self.become({compaction: {...begun, phase: {kind: 'stabilising', since: 1, inUseBytes: 30 * MiB}}});
			self.become({compaction: ended});
		},
	});
	const context = contextFor(line, {handle: engine, ...(typed === undefined ? {} : {typed})});
	return {context, engine, code: await runCompact(context)};
}
