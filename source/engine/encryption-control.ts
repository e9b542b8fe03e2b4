/**
 * Encryption of etcd's values: looked at while somebody wants to see it, or something is under way; changed by one field, which the
 * cluster's own controllers then carry out. Nothing is kept here: another etcdtop, or this one started again, sees the same.
 */

import {gateTimeoutMs} from '../domain/defrag-policy.ts';
import {type EncryptionSight, type EncryptionType, encryptionTypes} from '../domain/encryption.ts';
import {isUnderWay} from '../domain/encryption-known.ts';
import {type EncryptionPlan, planEncryption} from '../domain/encryption-plan.ts';
import type {Platform} from '../transport/platform.ts';
import type {Connection} from '../transport/transport.ts';
import type {Clock} from './clock.ts';
import type {Controls} from './controls.ts';
import {changeEncryption} from './encryption-change.ts';
import type {Journal} from './journal.ts';
import type {EngineMessage} from './messages.ts';
import type {State} from './state.ts';

export type EncryptionControlOptions = {
	readonly platform: Platform;
	readonly connection: Connection;
	readonly clock: Clock;
	readonly journal: Journal;
	readonly operator: string;
	readonly getState: () => State;
	readonly dispatch: (message: EngineMessage) => void;
	/** A screen wants to know at its start whether something is under way. */
	readonly looksAtStart: boolean;
};

export type EncryptionControls = Pick<
	Controls,
	'watchEncryption' | 'openEncryptionPlan' | 'closeEncryptionPlan' | 'changeEncryption'
>;

/** Between two looks, in ms: while a plan is open, while somebody watches, while something is known to be under way. Each is six requests. */
const planningEveryMs = 2000;
const watchingEveryMs = 5000;
const underWayEveryMs = 30_000;

export function createEncryptionControl(options: EncryptionControlOptions): {
	readonly controls: EncryptionControls;
	/** About once a second. */
	readonly tick: () => void;
	readonly stop: () => Promise<void>;
} {
	const {platform, clock, dispatch, getState} = options;
	const port = platform.encryption;
	const stopping = new AbortController();
	let wanted = false;
	let open = false;
	let looking: Promise<EncryptionSight> | undefined;
	let lookedAt: number | undefined;
	let working: Promise<void> | undefined;

	const refuse = (text: string) => dispatch({type: 'messageChanged', message: {kind: 'refused', text}});

	/** One look at a time serves everybody. It tells how things were when it began: what was changed since is not in it. */
	function look(): Promise<EncryptionSight> {
		const at = clock.uptimeMs();
		looking ??= port!.look(stopping.signal).then((sight) => {
			looking = undefined;
			lookedAt = at;
			if (!stopping.signal.aborted) {
				dispatch({type: 'encryptionSeen', at, sight});
				tellPlan();
				settleUnknown(sight);
			}
			return sight;
		});
		return looking;
	}

	async function lookAnew(): Promise<EncryptionSight> {
		await looking;
		return look();
	}

	function tellPlan(): void {
		const {encryption} = getState();
		if (open && encryption?.kind === 'seen') {
			dispatch({type: 'encryptionPlanChanged', plan: plansFor(encryption.sight)});
		}
	}

	function plansFor(sight: EncryptionSight): Readonly<Record<EncryptionType, EncryptionPlan>> {
		const plans = encryptionTypes.map((type) => [type, planEncryption(sight, type, getState())] as const);
		return Object.fromEntries(plans) as Record<EncryptionType, EncryptionPlan>;
	}

	/** Undefined where nobody wants to know. */
	function everyMs(): number | undefined {
		const {encryption} = getState();
		const isGoing = encryption?.kind === 'seen' && isUnderWay((encryption.old?.status ?? encryption.status).verdict);
		return open ? planningEveryMs : wanted ? watchingEveryMs : isGoing ? underWayEveryMs : undefined;
	}

	function tick(): void {
		if (port === undefined && options.looksAtStart && getState().encryption === undefined) {
			begin();
		}
		if (port === undefined || looking !== undefined || stopping.signal.aborted) {
			return;
		}
		const every = lookedAt === undefined && options.looksAtStart ? 0 : everyMs();
		if (every !== undefined && (lookedAt === undefined || clock.uptimeMs() - lookedAt >= every)) {
			void look();
		}
	}

	function close(): void {
		open = false;
		dispatch({type: 'encryptionPlanChanged', plan: undefined});
	}

	/** What nobody knew is known as soon as it is configured. */
	function settleUnknown({config}: EncryptionSight): void {
		const {encryptionChange} = getState();
		if (encryptionChange?.phase.kind === 'unknown' && config.kind === 'told' && config.value.type === encryptionChange.type) {
			dispatch({type: 'encryptionChangeChanged', change: {...encryptionChange, phase: {kind: 'done', at: clock.uptimeMs()}}});
		}
	}

	function begin(): boolean {
		if (port === undefined) {
			dispatch({type: 'encryptionMissing', why: whyMissing(options.connection)});
			return false;
		}
		return true;
	}

	return {
		tick,
		async stop() {
			open = false;
			await Promise.race([working, clock.sleep(gateTimeoutMs)]);
			stopping.abort();
		},
		controls: {
			watchEncryption(isWanted) {
				wanted = isWanted;
				if (wanted && begin()) {
					tick();
				}
			},
			openEncryptionPlan() {
				if (getState().readOnly) {
					return refuse('read-only session; to change the cluster start without --read-only');
				}
				if (!begin()) {
					return refuse(whyMissing(options.connection));
				}
				if (working !== undefined) {
					return refuse('a change is being asked for already');
				}
				open = true;
				void look();
			},
			closeEncryptionPlan: close,
			changeEncryption(type, typed) {
				const shown = getState().encryptionPlan?.[type];
				if (port === undefined || !open || working !== undefined || shown === undefined) {
					return;
				}
				close();
				working = changeEncryption({...options, port, lookAnew}, typed, shown).finally(() => {
					working = undefined;
				});
			},
		},
	};
}

function whyMissing({kind}: Connection): string {
	return kind === 'tunnel' || kind === 'exec'
		? 'this cluster is no OpenShift'
		: 'etcd is reached without the Kubernetes API, which alone could tell';
}
