/** The backups of a cluster that the journal tells of, and whether they are still where they were put. */
import {stat} from 'node:fs/promises';
import {dirname, isAbsolute} from 'node:path';
import type {KnownBackup} from '../domain/backup.ts';
import type {Clock} from './clock.ts';
import type {Journal} from './journal.ts';
import type {JournalLine} from './journal-line.ts';
import type {EngineMessage} from './messages.ts';
import type {State} from './state.ts';

/** How many are shown, and looked for: a year of weekly ones. */
const mostBackups = 60;

/** Newest first. */
export function backupsIn(lines: readonly JournalLine[], clusterId: string): readonly KnownBackup[] {
	return lines
		.flatMap((line): readonly KnownBackup[] => {
			if (line.type !== 'backup' || line.outcome !== 'done' || line.clusterId !== clusterId) {
				return [];
			}
			const {kind, wallMs, operator, memberName, memberId, files, bytes, revision} = line;
			return [
				{
					kind,
					wallMs,
					operator: plain(operator),
					from: plain(memberName ?? memberId ?? ''),
					files: files.map(plain),
					...(bytes !== undefined && {bytes}),
					...(revision !== undefined && {revision}),
				},
			];
		})
		.toReversed()
		.slice(0, mostBackups);
}

/** Another hand may have written the file: nothing in it reaches the terminal as a control. */
function plain(text: string): string {
	return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '?');
}

/** A disk that is gone may take for ever to say so: nothing waits for this but the answer itself. */
export async function lookedFor(backups: readonly KnownBackup[]): Promise<readonly KnownBackup[]> {
	return Promise.all(
		backups.map(async (backup) => {
			const [path] = backup.files;
			if (path === undefined || !isAbsolute(path)) {
				return backup;
			}
			const size = await stat(path).then(
				(found) => (found.isFile() ? found.size : -1),
				() => -1,
			);
			return {...backup, isThere: size >= 0 && (backup.bytes === undefined || size === backup.bytes)};
		}),
	);
}

/** Where the last one went that is still there. */
export function directoryAfter(backups: readonly KnownBackup[] | undefined): string | undefined {
	const path = backups?.find(({isThere, kind}) => isThere === true && kind === 'etcd snapshot')?.files[0];
	return path !== undefined && isAbsolute(path) ? dirname(path) : undefined;
}

/** How often it is looked whether the files are still there. */
const lookEveryMs = 10_000;

export type BackupWatchOptions = {
	readonly journal: Journal;
	readonly clock: Clock;
	readonly getState: () => State;
	readonly dispatch: (message: EngineMessage) => void;
};

/** Tells of them when the journal has news, and now and then whether they are still there. */
export function createBackupWatch({journal, clock, getState, dispatch}: BackupWatchOptions): {
	readonly look: (now?: boolean) => void;
} {
	let looked: {readonly content: object; readonly at: number} | undefined;
	return {
		look(now = false) {
			const {clusterId} = getState();
			const content = journal.read();
			const at = clock.uptimeMs();
			if (clusterId === undefined || (!now && looked?.content === content && at - looked.at < lookEveryMs)) {
				return;
			}
			const current = {content, at};
			looked = current;
			void lookedFor(backupsIn(content.lines, clusterId)).then((backups) => {
				if (looked === current && JSON.stringify(backups) !== JSON.stringify(getState().backups)) {
					dispatch({type: 'backupsRead', backups});
				}
			});
		},
	};
}
