/** One cluster at a time behind the screen: reached in the background, and given up for another when the operator asks. */
import {sentence} from './commands/sentence.ts';
import type {ScreenControls} from './engine/controls.ts';
import type {Engine} from './engine/engine.ts';
import {createLateControls} from './engine/late-controls.ts';
import type {State} from './engine/state.ts';
import type {DispatchingStore} from './engine/store.ts';
import type {ConnectionOptions} from './options.ts';
import {backupUnderWay, hostBackupUnderWay, runUnderWay} from './overlay-state.ts';
import type {Reached} from './reached.ts';
import {failureOf} from './transport/transport-error.ts';
import {UsageError} from './usage-error.ts';

export type SessionOptions = {
	readonly store: DispatchingStore;
	readonly connection: ConnectionOptions;
	/** `--cluster-name`: of the cluster that the program was started for. */
	readonly clusterName?: string;
	/** The state that another cluster begins with. */
	readonly begin: (clusterName: string) => State;
	/** Rejects with `UsageError` or `TransportError`. */
	readonly reach: (connection: ConnectionOptions, signal: AbortSignal) => Promise<Reached>;
	/** Not started yet; it tells that store alone. */
	readonly createEngine: (reached: Reached, store: DispatchingStore) => Engine;
};

export type Session = {
	readonly controls: ScreenControls;
	/** Resolves once the first cluster has an engine; rejects where it has none. */
	start(): Promise<void>;
	/** Ends polling. A member at work is awaited and written down first. */
	stop(): Promise<void>;
	/** Ends everything at once; what goes on at a member goes on. */
	close(): void;
};

export function createSession(options: SessionOptions): Session {
	const {store} = options;
	const leaving = new AbortController();
	let engine: Engine | undefined;
	let switching = false;

	const late = createLateControls(store);

	function begin(reached: Reached, clusterName: string): void {
		store.dispatch({type: 'contextsKnown', clusterName, contexts: reached.contexts});
		let last: State | undefined;
		const own: DispatchingStore = {
			...store,
			// An engine that was given up neither tells of its cluster any more nor takes the next one for its own: its journal goes by this.
			getState: () => last ?? store.getState(),
			dispatch: (message) => last === undefined && store.dispatch(message),
		};
		const end = () => {
			last ??= store.getState();
		};
		const next = options.createEngine(reached, own);
		engine = {
			...next,
			close() {
				end();
				next.close();
			},
			stop: () => next.stop().finally(end),
		};
		late.connect(next.controls);
		next.start();
	}

	async function start(): Promise<void> {
		let reached: Reached;
		try {
			reached = await options.reach(options.connection, leaving.signal);
		} catch (error) {
			if (leaving.signal.aborted) {
				return;
			}
			throw error;
		}
		if (leaving.signal.aborted) {
			reached.transport.close();
			return;
		}
		begin(reached, options.clusterName ?? reached.clusterName);
	}

	async function switchTo(context: string): Promise<void> {
		const say = late.say;
		say('note', `connecting to ${context} …`);
		let reached: Reached;
		try {
			reached = await options.reach(connectionTo(context, options.connection), leaving.signal);
		} catch (error) {
			say('refused', `${context}: ${whyNot(error)}`);
			return;
		}
		const held = leaving.signal.aborted ? 'leaving' : whyStay(store.getState());
		if (held !== undefined) {
			reached.transport.close();
			say('refused', `${context}: ${held}`);
			return;
		}
		late.connect(undefined);
		await engine?.stop();
		if (leaving.signal.aborted) {
			reached.transport.close();
			return;
		}
		store.dispatch({type: 'begunAnew', state: options.begin(reached.clusterName)});
		begin(reached, reached.clusterName);
	}

	function switchContext(context: string): void {
		const held = whyNotNow() ?? whyStay(store.getState());
		if (held !== undefined) {
			late.say('refused', `${context}: ${held}`);
			return;
		}
		switching = true;
		void switchTo(context).finally(() => {
			switching = false;
		});
	}

	/** The first cluster comes before any other, and one other at a time. */
	function whyNotNow(): string | undefined {
		return engine === undefined ? 'not connected yet' : switching ? 'another context is being connected to' : undefined;
	}

	/** Who has asked for another cluster means that one, and would be shown the old one: nothing is begun on either. */
	function unlessSwitching<Values extends readonly unknown[]>(open: (...values: Values) => void): (...values: Values) => void {
		return (...values) =>
			switching ? late.say('refused', 'another context is being connected to; wait for it') : open(...values);
	}

	return {
		controls: {
			...late,
			openPlan: unlessSwitching(late.openPlan),
			openDisarm: unlessSwitching(late.openDisarm),
			openCompact: unlessSwitching(late.openCompact),
			openBackup: unlessSwitching(late.openBackup),
			openHostBackup: unlessSwitching(late.openHostBackup),
			openEncryptionPlan: unlessSwitching(late.openEncryptionPlan),
			switchContext,
		},
		start,
		async stop() {
			leaving.abort();
			await engine?.stop();
		},
		close() {
			leaving.abort();
			engine?.close();
		},
	};
}

/** What was begun here is seen to its end here. */
function whyStay(state: State): string | undefined {
	if (runUnderWay(state) !== undefined) {
		return 'a run is going on here; X stops it after the member at work';
	}
	const {compaction, plan, compactPlan, disarmPlan, encryptionPlan, backupPlan, hostBackupPlan} = state;
	const isAsking = state.disarming?.phase.kind === 'asking' || state.encryptionChange?.phase.kind === 'asking';
	const isCompacting = compaction?.phase.kind === 'compacting' || compaction?.phase.kind === 'stabilising';
	if (backupUnderWay(state) !== undefined || hostBackupUnderWay(state) !== undefined) {
		return 'a backup is going on here; 7 shows it, there x stops it';
	}
	const isPlanning = [plan, compactPlan, disarmPlan, encryptionPlan, backupPlan, hostBackupPlan].some(
		(open) => open !== undefined,
	);
	return isCompacting || isAsking || isPlanning ? 'something is being done here; wait for its end' : undefined;
}

/** What was given for etcd itself (certificates, a user) was given for the cluster that the program was started for. */
function connectionTo(context: string, connection: ConnectionOptions): ConnectionOptions {
	if (context === connection.kubernetes.context) {
		return connection;
	}
	const {cacert: _, cert: __, key: ___, user: ____, password: _____, ...rest} = connection;
	return {...rest, reach: 'kubernetes', kubernetes: {...connection.kubernetes, context}};
}

function whyNot(error: unknown): string {
	// A defect too is told here: a run may have begun meanwhile, and must not end of it.
	return error instanceof UsageError ? error.message : sentence(failureOf(error));
}
