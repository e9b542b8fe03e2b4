import type {Action} from './action.ts';
import {backupGoesOn} from './backup.ts';
import {firstOf, noCluster, runGoesOn} from './reasons.ts';

/** Dangerous: it makes a privileged pod. */
export const hostBackup: Action = {
	id: 'host-backup',
	keys: ['B'],
	title: 'back up on a host',
	help: 'back up OpenShift, on a host',
	dangerous: true,
	disabledReason: firstOf(
		noCluster,
		({state}) => (state.hasHostBackups === true ? undefined : 'there is no OpenShift around this etcd; b takes a snapshot'),
		runGoesOn,
		backupGoesOn,
	),
	run({controls}) {
		controls.openHostBackup({usual: 'together'});
	},
	opens: 'host backup',
	command: 'backup',
};
