import {noSnapshotWord, type RescueState} from '../domain/rescue.ts';
import type {State} from '../engine/state.ts';
import type {Action} from './action.ts';
import {backup} from './backup.ts';
import {compact} from './compact.ts';
import {defragmentAll} from './defragment-all.ts';
import {disarm} from './disarm.ts';
import {firstOf, noCluster} from './reasons.ts';

/** Looks only: each step that changes something is an action of its own. */
export const rescue: Action = {
	id: 'rescue',
	keys: ['R'],
	title: 'rescue',
	help: 'rescue from NOSPACE, step by step',
	dangerous: false,
	disabledReason: firstOf(noCluster, ({state: {alarms, rescue: shown}}) =>
		shown === undefined && alarms.every(({alarm}) => alarm !== 'NOSPACE') ? 'there is no NOSPACE alarm' : undefined,
	),
	run({controls}) {
		controls.openRescue();
	},
	opens: 'rescue',
	command: 'rescue',
};

/** Counts the keys, or stops counting. */
export const scanKeys: Action = {
	id: 'scan-keys',
	keys: ['w'],
	title: 'what grew',
	help: 'count keys by prefix, or stop that',
	dangerous: false,
	disabledReason: noRescue,
	run({controls, state}) {
		if (isScanning(state.rescue)) {
			controls.stopScan();
		} else {
			controls.scanKeys();
		}
	},
};

export const goWithoutSnapshot: Action = {
	id: 'no-snapshot',
	keys: ['n'],
	title: noSnapshotWord,
	help: 'go on without a snapshot',
	dangerous: true,
	disabledReason: firstOf(noRescue, ({state}) => (isAsked(state, 'snapshot') ? undefined : 'no snapshot is asked for now')),
	run() {},
	opens: 'no snapshot',
};

export const tryWrite: Action = {
	id: 'try-write',
	keys: ['t'],
	title: 'try a write',
	help: 'write one key and delete it',
	dangerous: true,
	disabledReason: firstOf(noRescue, ({state}) =>
		state.rescue?.rescue.probe?.kind === 'trying' ? 'one is being tried' : undefined,
	),
	run() {},
	opens: 'write probe',
};

/** What Enter does in the view: the action that the rescue asks for. */
export function nextOfRescue({rescue: shown}: State): Action | undefined {
	const {decision} = shown ?? {};
	if (decision?.kind === 'watch') {
		return tryWrite;
	}
	if (decision?.kind !== 'ask') {
		return undefined;
	}
	return {snapshot: backup, compact, defragment: defragmentAll, disarm}[decision.step];
}

function noRescue({state}: {readonly state: State}): string | undefined {
	return state.rescue === undefined ? 'there is no rescue; R begins one under NOSPACE' : undefined;
}

function isScanning(shown: RescueState | undefined): boolean {
	const phase = shown?.rescue.scan?.phase;
	return phase === 'scanning' || phase === 'paused';
}

function isAsked({rescue: shown}: State, step: string): boolean {
	return shown?.decision.kind === 'ask' && shown.decision.step === step;
}
