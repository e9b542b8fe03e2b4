/**
 * Watches for everything that a decision rests on: folds each observation into the cooldown's ledger and the leadership, and
 * gathers fresh evidence on demand, never from a cache.
 */
import {isOutOfSpace} from '../domain/alarm.ts';
import {type ControllerTrace, traceController} from '../domain/controller-trace.ts';
import {type Attempt, type CooldownState, cooldownState, type End} from '../domain/cooldown.ts';
import {advanceLedger, type CooldownLedger, emptyLedger} from '../domain/cooldown-ledger.ts';
import type {Evidence, Leadership, Read} from '../domain/defrag-evidence.ts';
import {gateTimeoutMs} from '../domain/defrag-policy.ts';
import {advanceLeadership} from '../domain/leadership.ts';
import type {MemberId} from '../domain/member.ts';
import type {Observation} from '../domain/observation.ts';
import type {Surroundings} from '../domain/surroundings.ts';
import {answeringVoters} from '../domain/voters.ts';
import type {Platform} from '../transport/platform.ts';
import type {Transport} from '../transport/transport.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {AttemptLog} from './attempt-log.ts';
import type {Clock} from './clock.ts';
import type {RunLease} from './lease-control.ts';
import {observeNow} from './observe-now.ts';

/** Nobody has to look again at what was seen within this. */
const freshEnoughMs = 2000;

export type WitnessOptions = {
	readonly transport: Transport;
	readonly platform: Platform;
	readonly clock: Clock;
	readonly log: AttemptLog;
	readonly lease: RunLease | undefined;
	readonly cooldownMs: number;
	/** Who else holds the run lock now, as a sentence. */
	readonly lockedBy: (clusterId: string) => Promise<string | undefined>;
};

export interface Witness {
	/** Takes in a round of the poller. */
	observed(observation: Observation): void;
	cooldown(): CooldownState;
	/** Asks every member anew. `onProgress` gets evidence with `pending` reads as it comes in. */
	gather(onProgress?: (evidence: Evidence) => void): Promise<Evidence>;
	/** Reads the journal again: another instance may have written. */
	rereadJournal(): void;
}

export function createWitness({transport, platform, clock, log, lease, cooldownMs, lockedBy}: WitnessOptions): Witness {
	let ledger: CooldownLedger = emptyLedger(clock.uptimeMs());
	let leadership: Leadership | undefined;
	let attempts = allAttempts();

	let controller: ControllerTrace | undefined;

	/** Ours, and what the Lease tells of others'. */
	function allAttempts(): readonly Attempt[] {
		return [...log.attempts(), ...(lease?.attempts() ?? [])];
	}

	const cooldown = () => cooldownState(ledger, attempts, clock.uptimeMs(), cooldownMs, otherEnds());

	function otherEnds(): readonly End[] {
		return controller === undefined ? [] : [{at: controller.endedAt, why: "OpenShift's controller defragmented a member"}];
	}

	function noteController(surroundings: Surroundings | undefined): void {
		const told = surroundings?.openshift?.controller;
		if (told?.kind === 'told') {
			controller = traceController(controller, told.value.last, clock.uptimeMs());
		}
	}

	function fold(observation: Observation, readable?: ReadonlySet<MemberId>): void {
		ledger = advanceLedger(ledger, observation, attempts, readable, cooldownMs);
		leadership = advanceLeadership(leadership, observation);
		if (isOutOfSpace(observation)) {
			lease?.noteOutOfSpace();
		}
	}

	return {
		observed(observation) {
			attempts = allAttempts();
			fold(observation);
		},
		cooldown,
		rereadJournal() {
			attempts = allAttempts();
		},
		async gather(onProgress) {
			attempts = allAttempts();
			const membership = await transport.membership({timeoutMs: gateTimeoutMs});
			const observe = () => observeNow(transport, membership, clock, {timeoutMs: gateTimeoutMs});
			const [looked, surroundings, sight, locked] = await Promise.all([
				observe(),
				platform.surroundings?.(membership.members),
				lease?.look(),
				lockedBy(membership.clusterId),
			]);
			attempts = allAttempts();
			let observation = looked;
			fold(observation);
			// What is around etcd may take its time to be silent: what etcd itself says would be too old to act on, each time again.
			if (clock.uptimeMs() - observation.at > freshEnoughMs) {
				observation = await observe();
				fold(observation);
			}
			noteController(surroundings);
			const reads: Record<MemberId, Read> = {};
			const evidence = (): Evidence => ({
				observation,
				reads: {...reads},
				cooldown: cooldown(),
				...(surroundings === undefined ? {} : {surroundings}),
				...(lease === undefined || sight === undefined ? {} : {lease: {where: lease.where, sight}}),
				...(leadership === undefined ? {} : {leadership}),
				...(locked === undefined ? {} : {lockedBy: locked}),
			});
			onProgress?.(evidence());
			await Promise.all(
				answeringVoters(observation).map(async ({member}) => {
					const asked = clock.uptimeMs();
					try {
						await transport.linearizableRead(member, {timeoutMs: gateTimeoutMs});
						reads[member.id] = {kind: 'answered', latencyMs: clock.uptimeMs() - asked};
					} catch (error) {
						reads[member.id] = {kind: 'failed', failure: failureOf(error)};
					}
					onProgress?.(evidence());
				}),
			);
			const readable = Object.keys(reads).filter((id) => reads[id]?.kind === 'answered');
			fold(observation, new Set(readable));
			return evidence();
		},
	};
}
