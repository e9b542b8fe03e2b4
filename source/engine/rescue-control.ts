/** Drives a rescue: looks what the cluster shows, asks the domain what comes next, and keeps both for the screen and for the next start. */
import {mayHaveHappened} from '../domain/failure.ts';
import {writeProbeKey} from '../domain/key-page.ts';
import {isCurrent, type KeyScan} from '../domain/key-scan.ts';
import {
	beginRescue,
	decideRescue,
	noSnapshotWord,
	type Rescue,
	type RescueDecision,
	type WriteProbe,
	writeProbeWord,
} from '../domain/rescue.ts';
import {keysInEtcd} from '../domain/rescue-voters.ts';
import type {Transport} from '../transport/transport.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {Clock} from './clock.ts';
import type {Controls} from './controls.ts';
import {lineOf} from './file-attempt-log.ts';
import type {Journal} from './journal.ts';
import {createKeyScanner} from './key-scanner.ts';
import type {EngineMessage} from './messages.ts';
import {rescueEvidence} from './rescue-evidence.ts';
import {openRescueFile, type RescueFile} from './rescue-file.ts';
import type {State} from './state.ts';

export type RescueControlOptions = {
	readonly transport: Transport;
	readonly clock: Clock;
	readonly journal: Journal;
	readonly operator: string;
	readonly commandTimeoutMs: number;
	readonly getState: () => State;
	readonly dispatch: (message: EngineMessage) => void;
};

export type RescueControls = Pick<
	Controls,
	'openRescue' | 'scanKeys' | 'stopScan' | 'declineSnapshot' | 'tryWrite' | 'dismissRescue'
>;

export interface RescueControl {
	readonly controls: RescueControls;
	/** After each round of the poller, and each second. */
	advance(): void;
	stop(): Promise<void>;
}

/** How often a walk under way is written to the file: what a kill costs of it. */
const keepScanEveryMs = 5000;

export function createRescueControl(options: RescueControlOptions): RescueControl {
	const {transport, clock, journal, operator, getState, dispatch} = options;
	let file: RescueFile | undefined;
	let rescue: Rescue | undefined;
	let roundSince = 0;
	let calmSince: number | undefined;
	let scanKeptAt = 0;
	let probing: Promise<void> | undefined;
	let told: string | undefined;

	const refuse = (text: string) => dispatch({type: 'messageChanged', message: {kind: 'refused', text}});
	const happened = (text: string, kind: 'note' | 'good' | 'warning' = 'note') =>
		dispatch({type: 'happened', event: {at: clock.uptimeMs(), kind, subject: 'cluster', text}});

	const scanner = createKeyScanner({
		...options,
		onChange(scan: KeyScan) {
			if (rescue !== undefined) {
				const isKept = scan.phase === rescue.scan?.phase && clock.uptimeMs() - scanKeptAt < keepScanEveryMs;
				change({...rescue, scan}, !isKept);
				show();
			}
		},
	});

	function change(next: Rescue, keep = true): void {
		rescue = next;
		if (!keep) {
			return;
		}
		scanKeptAt = clock.uptimeMs();
		const failure = file?.write(next);
		if (failure !== undefined) {
			dispatch({type: 'messageChanged', message: {kind: 'warning', text: failure}});
		}
	}

	/** Once the cluster is known: a rescue that another process left goes on. */
	function load(clusterId: string): void {
		if (file !== undefined) {
			return;
		}
		file = openRescueFile(journal.directory, clusterId);
		const kept = file.read();
		if (kept === undefined) {
			return;
		}
		if ('damage' in kept) {
			dispatch({type: 'messageChanged', message: {kind: 'warning', text: kept.damage}});
		} else if (kept.finished === undefined) {
			rescue = kept.probe?.kind === 'trying' ? {...kept, probe: interrupted(kept.probe)} : kept;
			roundSince = getState().startedAt;
			happened(`a rescue from NOSPACE, begun by ${kept.operator}, goes on; R shows it`);
			if (kept.scan?.phase === 'scanning' || kept.scan?.phase === 'paused') {
				scanner.start(kept.scan);
			}
		}
	}

	const evidence = () => rescueEvidence(getState(), {roundSince, ...(calmSince === undefined ? {} : {calmSince})});

	/** What the cluster shows is written down until nothing is left to be. */
	function decide(): Exclude<RescueDecision, {kind: 'note'}> | undefined {
		while (rescue !== undefined) {
			const decision = decideRescue(rescue, evidence(), clock.uptimeMs());
			if (decision.kind !== 'note') {
				return decision;
			}
			const before = rescue;
			change(decision.rescue);
			if (rescue.round > before.round) {
				roundSince = clock.uptimeMs();
				happened('NOSPACE was raised again: the rescue begins anew; R shows it', 'warning');
			}
			if (rescue.finished !== undefined) {
				happened('the rescue from NOSPACE is over: the alarm was not raised again', 'good');
			}
		}
		return undefined;
	}

	function show(): void {
		const decision = decide();
		const next = rescue === undefined || decision === undefined ? undefined : {rescue, decision};
		const text = JSON.stringify(next);
		if (text !== told) {
			told = text;
			dispatch({type: 'rescueChanged', rescue: next});
		}
	}

	function watchCalm(): void {
		const {alarms, members} = getState();
		const answers = members.some(({statusAnswer}) => statusAnswer.kind === 'answered');
		if (alarms.some(({alarm}) => alarm === 'NOSPACE')) {
			calmSince = undefined;
		} else if (answers) {
			calmSince ??= clock.uptimeMs();
		}
	}

	function advance(): void {
		const {clusterId} = getState();
		if (clusterId === undefined) {
			return;
		}
		load(clusterId);
		if (rescue !== undefined) {
			watchCalm();
			show();
		}
	}

	/** Why it can't go on by a typed word; undefined when it can. */
	function reasonAgainst(typed: string, word: string): string | undefined {
		if (getState().readOnly) {
			return 'read-only session; to change the cluster start without --read-only';
		}
		return typed === word ? undefined : `type "${word}"`;
	}

	async function probe(): Promise<void> {
		const note = (fields: Parameters<typeof lineOf>[3]) =>
			journal.append(lineOf(clock, operator, getState().clusterId ?? '', fields), {sync: true});
		try {
			note({type: 'asked', what: 'write probe'});
		} catch (error) {
			return refuse(error instanceof Error ? error.message : String(error));
		}
		probed({kind: 'trying', at: clock.wallMs()});
		const result = await writeOneKey();
		probed(result);
		const outcome = result.kind === 'written' ? 'done' : result.kind === 'unknown' ? 'unknown' : 'failed';
		try {
			note({type: 'answered', what: 'write probe', outcome, ...(result.detail === undefined ? {} : {reason: result.detail})});
		} catch (error) {
			refuse(error instanceof Error ? error.message : String(error));
		}
	}

	async function writeOneKey(): Promise<WriteProbe> {
		try {
			const {leftBehind} = await transport.writeProbe({timeoutMs: options.commandTimeoutMs});
			const at = clock.wallMs();
			return leftBehind === undefined
				? {kind: 'written', at}
				: {kind: 'written', at, detail: `${writeProbeKey} could not be deleted again: ${leftBehind.message}`};
		} catch (error) {
			const failure = failureOf(error);
			const kind = failure.kind === 'no-space' ? 'no space' : mayHaveHappened(failure) ? 'unknown' : 'failed';
			return {kind, at: clock.wallMs(), detail: failure.message};
		}
	}

	function probed(probe: WriteProbe): void {
		if (rescue !== undefined) {
			change({...rescue, probe});
			show();
		}
	}

	return {
		advance,
		async stop() {
			scanner.stop();
			if (rescue?.finished === undefined && rescue?.scan?.phase === 'scanning') {
				// As far as it came.
				change(rescue);
			}
			await Promise.all([scanner.idle, probing]);
		},
		controls: {
			openRescue() {
				const {clusterId, alarms, startedAt} = getState();
				if (clusterId !== undefined) {
					load(clusterId);
				}
				if (rescue?.finished !== undefined) {
					rescue = undefined;
				}
				const raised = alarms.filter(({alarm}) => alarm === 'NOSPACE');
				if (rescue === undefined && clusterId !== undefined && raised.length > 0) {
					roundSince = Math.min(...raised.map(({since, sinceStart}) => (sinceStart ? startedAt : since)));
					calmSince = undefined;
					change(beginRescue(evidence(), clusterId, operator));
					happened(`a rescue from NOSPACE was begun by ${operator}`);
					scanner.start();
				}
				const keys = keysInEtcd(getState().members);
				if (rescue?.scan?.phase === 'done' && keys !== undefined && !isCurrent(rescue.scan, keys)) {
					// Keys were deleted since.
					scanner.start();
				}
				show();
			},
			scanKeys() {
				if (rescue !== undefined) {
					scanner.start(rescue.scan);
				}
			},
			stopScan() {
				scanner.stop();
				if (rescue?.scan !== undefined && (rescue.scan.phase === 'scanning' || rescue.scan.phase === 'paused')) {
					const {reason: _, ...scan} = rescue.scan;
					change({...rescue, scan: {...scan, phase: 'stopped'}});
					show();
				}
			},
			declineSnapshot(typed) {
				const reason = reasonAgainst(typed, noSnapshotWord);
				if (reason !== undefined || rescue === undefined) {
					return refuse(reason ?? 'there is no rescue');
				}
				change({...rescue, snapshot: {kind: 'declined', at: clock.wallMs(), operator}});
				show();
			},
			tryWrite(typed) {
				const reason = reasonAgainst(typed, writeProbeWord);
				if (reason !== undefined || rescue === undefined) {
					return refuse(reason ?? 'there is no rescue');
				}
				probing ??= probe().finally(() => {
					probing = undefined;
				});
			},
			dismissRescue() {
				if (rescue?.finished !== undefined) {
					scanner.stop();
					rescue = undefined;
					file?.remove();
					show();
				}
			},
		},
	};
}

function interrupted({at}: WriteProbe): WriteProbe {
	return {kind: 'unknown', at, detail: `etcdtop ended before the answer came; ${writeProbeKey} may be there`};
}
