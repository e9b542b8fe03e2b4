/** Walks over the keys of one follower, one page at a time, and counts them by their beginnings. Changes nothing, and stops at once. */
import {isOver} from '../domain/defrag-run.ts';
import {addKeys, addSamples, emptyPrefixTable, keysToSample, prefixOf, type Sampled} from '../domain/key-prefixes.ts';
import {type KeyScan, pauseAfterPage, scanMaximumFailures, scanPageKeys} from '../domain/key-scan.ts';
import {memberLabel} from '../domain/member.ts';
import type {Transport} from '../transport/transport.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {Clock} from './clock.ts';
import type {MemberRecord, State} from './state.ts';

export type KeyScannerOptions = {
	readonly transport: Transport;
	readonly clock: Clock;
	readonly commandTimeoutMs: number;
	readonly getState: () => State;
	readonly onChange: (scan: KeyScan) => void;
};

export interface KeyScanner {
	/** Begins, or goes on after `from`. Does nothing while it walks. */
	start(from?: KeyScan): void;
	/** No further page is asked for. What was counted stays. */
	stop(): void;
	/** Resolves when the walk has ended or was stopped. */
	readonly idle: Promise<void>;
}

/** How often it is looked whether a run is over. */
const lookEveryMs = 1000;

export function createKeyScanner({transport, clock, commandTimeoutMs, getState, onChange}: KeyScannerOptions): KeyScanner {
	let stopping: AbortController | undefined;
	let idle: Promise<void> = Promise.resolve();

	async function walk(from: KeyScan, signal: AbortSignal): Promise<void> {
		let scan = from;
		let failures = 0;
		let avoided: string | undefined;
		const change = (next: KeyScan) => {
			scan = next;
			if (!signal.aborted) {
				onChange(scan);
			}
		};
		while (!signal.aborted) {
			const {reason: _, ...going} = scan;
			if (isRunGoing(getState())) {
				change({...going, phase: 'paused', reason: 'a run is going on'});
				await clock.sleep(lookEveryMs, signal);
				continue;
			}
			const reader = chooseReader(getState(), avoided);
			if (reader === undefined) {
				change({...going, phase: 'paused', reason: 'no member answers'});
				await clock.sleep(lookEveryMs, signal);
				continue;
			}
			const began = clock.uptimeMs();
			try {
				const next = await readPage(going, reader, signal);
				failures = 0;
				change(next);
				if (next.phase === 'done') {
					return;
				}
				await clock.sleep(pauseAfterPage(clock.uptimeMs() - began), signal);
			} catch (error) {
				const {kind, message, nextStep} = failureOf(error);
				failures++;
				avoided = reader.member.id;
				if (failures === scanMaximumFailures || kind === 'permission-denied' || kind === 'unsupported') {
					return change({...going, phase: 'failed', reason: `${message}. ${nextStep}`.trim()});
				}
				await clock.sleep(lookEveryMs, signal);
			}
		}
	}

	async function readPage(scan: KeyScan, {member, metrics}: MemberRecord, signal: AbortSignal): Promise<KeyScan> {
		const options = {timeoutMs: commandTimeoutMs, signal};
		const {after: before, ...rest} = scan;
		const page = await transport.keyPage(member, {...(before !== undefined && {after: before}), limit: scanPageKeys}, options);
		const counted = addKeys(scan.table, page.keys);
		const samples: Sampled[] = [];
		for (const {id, name} of keysToSample(counted, page.keys)) {
			const bytes = await transport.valueBytes(member, id, options);
			if (bytes !== undefined) {
				samples.push({prefix: prefixOf(name), bytes});
			}
		}
		const ofKeys = metrics?.value.keys;
		return {
			...rest,
			phase: page.last === undefined ? 'done' : 'scanning',
			table: addSamples(counted, samples),
			member: memberLabel(member),
			...(page.last === undefined ? {} : {after: page.last}),
			...(ofKeys === undefined ? {} : {ofKeys}),
		};
	}

	return {
		start(from) {
			if (stopping?.signal.aborted === false) {
				return;
			}
			const controller = new AbortController();
			stopping = controller;
			const resumed = from?.after === undefined ? {phase: 'scanning' as const, table: emptyPrefixTable} : from;
			idle = walk(resumed, controller.signal).finally(() => controller.abort());
		},
		stop() {
			stopping?.abort();
		},
		get idle() {
			return idle;
		},
	};
}

function isRunGoing({run}: State): boolean {
	return run !== undefined && !isOver(run);
}

/** A follower that answers quickest, any other one after it, the leader where there is nobody else. */
function chooseReader({members}: State, avoided: string | undefined): MemberRecord | undefined {
	const rank = ({member, role, latencyMs = Number.MAX_SAFE_INTEGER}: MemberRecord): readonly number[] => [
		Number(member.id === avoided),
		Number(role === 'leader'),
		latencyMs,
	];
	return members
		.filter(({member, statusAnswer}) => statusAnswer.kind === 'answered' && !member.isLearner && member.watchOnly === undefined)
		.toSorted((a, b) => {
			const [one, other] = [rank(a), rank(b)];
			const at = one.findIndex((value, index) => value !== other[index]);
			return at === -1 ? 0 : one[at]! - other[at]!;
		})[0];
}
