/** What a restore would find: the newest backup's manifest, OpenShift's release and hosts, and runbooks that are under way. */
import type {KnownBackup} from '../domain/backup.ts';
import {type RestoreFacts, type RestoreUnderWay, usableBackup} from '../domain/restore-readiness.ts';
import {currentStep} from '../domain/restore-run.ts';
import {readBackupDirectory} from '../restore/backup-directory.ts';
import {keptRuns} from '../restore/run-files.ts';
import type {Platform} from '../transport/platform.ts';
import type {Clock} from './clock.ts';
import type {EngineMessage} from './messages.ts';
import type {State} from './state.ts';

export type RestoreWatchOptions = {
	readonly platform: Platform;
	readonly clock: Pick<Clock, 'uptimeMs'>;
	/** Where runbooks are kept. */
	readonly directory: string;
	readonly getState: () => State;
	readonly dispatch: (message: EngineMessage) => void;
};

/** In ms: releases, hosts and backups change seldom. */
const lookEveryMs = 30_000;

export function createRestoreWatch({platform, clock, directory, getState, dispatch}: RestoreWatchOptions): {look(): void} {
	let looked: {readonly at: number; readonly backups: unknown} | undefined;
	let openshift: RestoreFacts['openshift'];

	async function find(): Promise<RestoreFacts> {
		const isOpenShift = platform.rollouts !== undefined;
		// What does not answer now is as it was.
		const facts = await platform.rollouts?.cluster().catch(() => undefined);
		openshift = facts === undefined ? openshift : {release: facts.release, hosts: facts.hosts.map(({name}) => name)};
		const known = {isOpenShift, underWay: underWay(directory), ...(openshift !== undefined && {openshift})};
		const backup = beside(usableBackup({facts: known, backups: getState().backups}));
		return {...known, ...(backup !== undefined && {backup})};
	}

	return {
		look() {
			const {backups} = getState();
			const at = clock.uptimeMs();
			if (looked !== undefined && looked.backups === backups && at - looked.at < lookEveryMs) {
				return;
			}
			looked = {at, backups};
			void find().then((facts) => {
				if (JSON.stringify(facts) !== JSON.stringify(getState().restore)) {
					dispatch({type: 'restoreSeen', facts});
				}
			});
		},
	};
}

function underWay(directory: string): readonly RestoreUnderWay[] {
	return keptRuns([directory]).runs.flatMap(({run}) => {
		const next = currentStep(run);
		const {clusterName, backup, steps} = run.runbook;
		const must = steps.filter(({optional}) => optional !== true);
		const done = must.filter(({id}) => run.ticks.some(({stepId}) => stepId === id)).length;
		const {startedWallMs} = run;
		return next === undefined
			? []
			: [{clusterName, directory: backup.directory, startedWallMs, done, steps: must.length, next: next.title}];
	});
}

/** Only what lies here can be read. */
function beside(backup: KnownBackup | undefined): RestoreFacts['backup'] {
	const path = backup?.files[0];
	if (path === undefined || !path.startsWith('/') || backup?.isThere === false) {
		return undefined;
	}
	try {
		const {backup: found, notes} = readBackupDirectory(path);
		const {release} = found;
		return {path, ...(release !== undefined && {release}), ...(notes[0] !== undefined && {note: notes[0]})};
	} catch (error) {
		return {path, note: error instanceof Error ? error.message : String(error)};
	}
}
