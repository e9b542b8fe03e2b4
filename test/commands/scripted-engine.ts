/** An engine without a cluster: what a control brings about is what the test says. */
import type {EngineHandle} from '../../source/commands/context.ts';
import {stateAfter} from '../../source/commands/status.ts';
import type {DefragPlan} from '../../source/domain/defrag-plan.ts';
import type {Controls} from '../../source/engine/controls.ts';
import type {State} from '../../source/engine/state.ts';
import {observationOf, threeVoters} from '../domain/observations.ts';

export type ScriptedEngine = EngineHandle & {
	/** Controls in the order in which they were called: `openPlan {"kind":"all"}`. */
	readonly calls: readonly string[];
	/** Changes the state; `undefined` takes a key away. */
	become(changes: {readonly [K in keyof State]?: State[K] | undefined}): void;
	/** Whether it was stopped in an orderly way. */
	readonly stopped: boolean;
};

type Script = {readonly [K in keyof Controls]?: (engine: ScriptedEngine, ...given: Parameters<Controls[K]>) => void};

/** A plan by the names of those who have a turn. */
function told(value: unknown): string {
	const {steps} = (value ?? {}) as Partial<DefragPlan>;
	return steps?.map(({name}) => name).join(',') ?? JSON.stringify(value);
}

/** Three healthy voters, the first one leading, until the script says otherwise. */
export function scriptedEngine(script: Script = {}, initial: Partial<State> = {}): ScriptedEngine {
	let state: State = {...healthyState(), ...initial};
	let stopped = false;
	const listeners = new Set<() => void>();
	const calls: string[] = [];
	const controls = new Proxy({} as Controls, {
		get:
			(_, name: keyof Controls) =>
			(...given: unknown[]) => {
				calls.push([name, ...given.map(told)].join(' '));
				const react = script[name] as ((engine: ScriptedEngine, ...rest: unknown[]) => void) | undefined;
				// As in the real engine, what comes of a control is seen later.
				setImmediate(() => react?.(engine, ...given));
			},
	});
	const engine: ScriptedEngine = {
		calls,
		get stopped() {
			return stopped;
		},
		become(changes) {
			const next = {...state, ...changes};
			state = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)) as State;
			for (const listener of listeners) {
				listener();
			}
		},
		controls,
		store: {
			getState: () => state,
			subscribe(listener) {
				listeners.add(listener);
				return () => listeners.delete(listener);
			},
		},
		engine: {
			controls,
			start() {},
			close() {},
			async stop() {
				stopped = true;
			},
		},
	};
	return engine;
}

function healthyState(): State {
	return stateAfter(observationOf(threeVoters), {uptimeMs: () => 100_000, wallMs: () => 1_700_000_000_000});
}
