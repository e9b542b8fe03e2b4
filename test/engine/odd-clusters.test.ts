/** Whole runs where the machine's clock, or what members say of themselves, can't be trusted. */
import {readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import {describe, expect, it} from 'vitest';
import {isOver} from '../../source/domain/defrag-run.ts';
import type {MemberMetrics} from '../../source/domain/observation.ts';
import {readMetrics} from '../../source/transport/grpc/metrics.ts';
import {MiB, threeVoters} from '../domain/observations.ts';
import {type FakeEngine, startFakeEngine} from '../helpers/fake-engine.ts';
import type {MemberScript} from '../helpers/fake-transport.ts';

const second = 1000;

/** Until the run is over, or for ten minutes; `each` second something may happen. */
async function run(engine: FakeEngine, each: (seconds: number) => void = () => undefined): Promise<void> {
	const plan = await engine.plan();
	engine.engine.controls.startRun(plan, plan.confirmation.word);
	for (let seconds = 0; seconds < 600; seconds++) {
		await engine.clock.advance(second);
		const {run: current} = engine.store.getState();
		if (current !== undefined && isOver(current)) {
			return;
		}
		each(seconds);
	}
}

/** Between the end of one and the beginning of the next, in ms of uptime. */
function gaps({journal}: FakeEngine): readonly number[] {
	const {lines} = journal.read();
	const ends = lines.filter(({type}) => type === 'ended');
	return lines
		.filter(({type}) => type === 'started')
		.slice(1)
		.map(({uptimeMs}, index) => uptimeMs - (ends[index]?.uptimeMs ?? Number.NaN));
}

describe('a wall clock that steps', () => {
	it.each([
		['forward', 26 * 3600 * second],
		['back', -26 * 3600 * second],
		['to and fro', undefined],
	])('%s in the middle of a run shortens no cooldown, and lengthens none', async (_, by) => {
		const engine = startFakeEngine(threeVoters);
		await run(engine, (seconds) => {
			if (seconds % 13 === 0) {
				engine.clock.stepWall(by ?? (seconds % 2 === 0 ? 1 : -1) * 3600 * second);
			}
		});
		expect(engine.store.getState().run?.phase.kind).toBe('finished');
		expect(gaps(engine)).toHaveLength(2);
		for (const gap of gaps(engine)) {
			expect(gap).toBeGreaterThanOrEqual(60 * second);
			expect(gap).toBeLessThan(70 * second);
		}
	});
});

/** Every figure that a page of this text does not have is missing. */
function figuresOf(text: string): NonNullable<MemberScript['metrics']> {
	const usual: readonly (keyof MemberMetrics)[] = [
		'quotaBackendBytes',
		'defragInflight',
		'defragCount',
		'processStartSeconds',
		'memberClockSeconds',
		'snapshotStreams',
	];
	return {...Object.fromEntries(usual.map((name) => [name, undefined])), ...readMetrics(text).metrics};
}

const page = gunzipSync(readFileSync(new URL('../transport/captures/etcd-3.5.30/metrics.txt.gz', import.meta.url))).toString();

describe('members whose metrics are', () => {
	it.each<[string, NonNullable<MemberScript['metrics']>]>([
		['missing', 'unsupported'],
		['always late', 'timed-out'],
		['garbage', figuresOf('<html>\n\u0000\u0001etcd_disk_defrag_inflight\n{"a": 1}\n')],
		['empty', figuresOf('')],
		['cut off in the middle', figuresOf(page.slice(0, page.indexOf('etcd_disk_defrag_inflight ') + 20))],
	])('%s are defragmented a minute apart all the same, by what else they show', async (_, metrics) => {
		const engine = startFakeEngine(
			threeVoters.map((one) => ({...one, metrics})),
			{after: ({status}) => ({status: {...(status as object), dbSizeBytes: 41 * MiB}})},
		);
		const began = engine.clock.uptimeMs();
		await run(engine);
		expect(engine.store.getState().run?.phase).toMatchObject({kind: 'finished'});
		expect(gaps(engine)).toHaveLength(2);
		expect(Math.min(...gaps(engine))).toBeGreaterThanOrEqual(60 * second);
		const first = engine.transport.calls.find(({method}) => method === 'defragment')?.at ?? 0;
		expect(first - began, 'nobody can tell that none was defragmented just before').toBeGreaterThanOrEqual(60 * second);
	});
});

it('a plan that grew while its word was typed starts nothing', async () => {
	const small = {status: {dbSizeBytes: 41 * MiB}};
	const engine = startFakeEngine(threeVoters.map((one, index) => (index === 2 ? {...one, ...small} : one)));
	const shown = await engine.plan();
	expect(shown.steps.map(({name}) => name)).toEqual(['etcd-1', 'etcd-0']);
	engine.transport.script('etcd-2', {status: {}});
	await engine.clock.advance(10 * second);
	expect(engine.store.getState().plan?.steps).toHaveLength(3);
	engine.engine.controls.startRun(shown, shown.confirmation.word);
	await engine.clock.advance(second);
	expect(engine.store.getState().message?.text).toBe('the plan changed meanwhile: etcd-2 came into it');
	expect(engine.store.getState().run).toBeUndefined();
	expect(engine.transport.count('defragment')).toBe(0);
});
