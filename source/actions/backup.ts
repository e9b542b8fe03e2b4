import {isBackupOver} from '../domain/backup.ts';
import {isHostBackupOver} from '../domain/host-backup-run.ts';
import type {Action} from './action.ts';
import {firstOf, noCluster, type Reason, runGoesOn} from './reasons.ts';

/** Not dangerous: it reads one member, and writes a file here. */
export const backup: Action = {
	id: 'backup',
	keys: ['b'],
	title: 'back up',
	help: 'back up: a snapshot, B on a host',
	dangerous: false,
	disabledReason: firstOf(noCluster, runGoesOn, backupGoesOn),
	run({controls}) {
		controls.openBackup();
	},
	opens: 'backup',
	command: 'backup',
};

export const stopBackup: Action = {
	id: 'stop-backup',
	keys: ['x'],
	title: 'stop it',
	help: 'stop the backup; nothing of it stays',
	dangerous: false,
	disabledReason: (context) => (backupGoesOn(context) === undefined ? 'no backup is under way' : undefined),
	run({controls, state: {hostBackup}}) {
		if (hostBackup !== undefined && !isHostBackupOver(hostBackup)) {
			controls.stopHostBackup();
		} else {
			controls.stopBackup();
		}
	},
};

export function backupGoesOn({state: {backup: own, hostBackup}}: Parameters<Reason>[0]): string | undefined {
	const isGoing = (own !== undefined && !isBackupOver(own)) || (hostBackup !== undefined && !isHostBackupOver(hostBackup));
	return isGoing ? 'a backup is under way; 7 shows it' : undefined;
}
