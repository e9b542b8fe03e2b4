import type {Action} from './action.ts';
import {
	compactionGoesOn,
	cooldownOfSelected,
	corrupt,
	firstOf,
	leaderFirst,
	noCluster,
	notDefragmentable,
	quorum,
	runGoesOn,
} from './reasons.ts';

export const defragment: Action = {
	id: 'defragment',
	keys: ['d'],
	title: 'defragment',
	help: 'defragment this member',
	dangerous: true,
	disabledReason: firstOf(
		noCluster,
		runGoesOn,
		compactionGoesOn,
		corrupt,
		notDefragmentable,
		cooldownOfSelected,
		leaderFirst,
		quorum,
	),
	run({controls, selected}) {
		if (selected !== undefined) {
			controls.openPlan({kind: 'member', memberId: selected});
		}
	},
	opens: 'plan',
	command: 'defrag',
};
