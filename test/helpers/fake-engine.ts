/** The whole engine over a cluster that does what a test says, under a clock that only the test moves. */
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import type {DefragPlan, Scope} from '../../source/domain/defrag-plan.ts';
import {createEngine} from '../../source/engine/engine.ts';
import {initialState} from '../../source/engine/initial-state.ts';
import {type Journal, openJournal} from '../../source/engine/journal.ts';
import {createStore} from '../../source/engine/store.ts';
import {directPlatform, type Platform} from '../../source/transport/platform.ts';
import {MiB} from '../domain/observations.ts';
import {temporaryDirectory} from './engine.ts';
import {createFakeTransport, type MemberScript} from './fake-transport.ts';
import {createManualClock} from './manual-clock.ts';

/** How long a member is at it, whatever comes of it. */
const defragmentMs = 5000;

export type FakeEngine = ReturnType<typeof startFakeEngine>;

export type FakeEngineOptions = {
	/** What a member's script becomes when it was defragmented; its file shrinks and its count rises where not said. */
	readonly after?: (script: MemberScript) => Partial<MemberScript>;
	readonly journal?: (journal: Journal) => Journal;
	readonly platform?: Platform;
	readonly terminal?: boolean;
	readonly readOnly?: boolean;
	/** Another's run holds the lock, and it is waited for. */
	readonly lockIsAwaited?: boolean;
};

export function startFakeEngine(
	scripts: readonly MemberScript[],
	{
		after = shrunk,
		journal: around = (journal) => journal,
		platform = directPlatform,
		terminal = true,
		readOnly = false,
		lockIsAwaited = false,
	}: FakeEngineOptions = {},
) {
	let lockHeld = false;
	const clock = createManualClock();
	const fake = createFakeTransport(clock, scripts);
	const transport: typeof fake = {
		...fake,
		async defragment(member, expected, options) {
			const failed = await fake.defragment(member, expected, options).then(
				() => undefined,
				(error: unknown) => ({error}),
			);
			await clock.sleep(defragmentMs);
			if (failed !== undefined) {
				throw failed.error;
			}
			const script = scripts.find(({name}) => name === member.name);
			if (script !== undefined) {
				fake.script(script.name, after(script));
			}
		},
	};
	const journal = around(openJournal([temporaryDirectory()]));
	const store = createStore(
		initialState({clock, clusterName: 'test', readOnly, intervalMs: 2000, journalDirectory: journal.directory}),
	);
	const engine = createEngine({
		store,
		transport,
		platform,
		clock,
		journal,
		async acquireLock() {
			if (lockIsAwaited) {
				return new Promise<never>(() => {});
			}
			lockHeld = true;
			return {
				kind: 'acquired',
				lock: {
					release() {
						lockHeld = false;
					},
				},
			};
		},
		lockHolder: async () => undefined,
		operator: 'ana@bastion-1',
		terminal,
		commandTimeoutMs: 5000,
		defragTimeoutMs: 600_000,
		cooldownMs: 60_000,
		backupDirectory: join(journal.directory, 'backups'),
		random: () => 0.5,
	});
	engine.start();
	onTestFinished(() => engine.close());
	return {
		engine,
		store,
		journal,
		clock,
		transport,
		lockHeld: () => lockHeld,
		/** The plan, once every gate but those that wait for time has been asked. */
		async plan(scope: Scope = {kind: 'all'}): Promise<DefragPlan> {
			engine.controls.openPlan(scope);
			engine.controls.setMoveLeader(false);
			for (let seconds = 0; seconds < 180; seconds++) {
				await clock.advance(1000);
				const {plan} = store.getState();
				if (plan !== undefined && (plan.refusal !== undefined || plan.gates.every(({state}) => state !== 'pending'))) {
					return plan;
				}
			}
			throw new Error(`no plan: ${JSON.stringify(store.getState().plan?.gates ?? store.getState().message)}`);
		},
	};
}

function shrunk({status, metrics}: MemberScript): Partial<MemberScript> {
	return {
		status: {...(status as object), dbSizeBytes: 41 * MiB},
		...(typeof metrics === 'string' ? {} : {metrics: {...metrics, defragCount: (metrics?.defragCount ?? 0) + 1}}),
	};
}
