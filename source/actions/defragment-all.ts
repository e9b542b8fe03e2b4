import type {Action} from './action.ts';
import {compactionGoesOn, cooldown, corrupt, firstOf, noCluster, quorum, runGoesOn} from './reasons.ts';

export const defragmentAll: Action = {
	id: 'defragment-all',
	keys: ['D'],
	title: 'all',
	help: 'defragment all, leader last',
	dangerous: true,
	disabledReason: firstOf(noCluster, runGoesOn, compactionGoesOn, corrupt, cooldown, quorum),
	run({controls}) {
		controls.openPlan({kind: 'all'});
	},
	opens: 'plan',
	command: 'defrag',
};
