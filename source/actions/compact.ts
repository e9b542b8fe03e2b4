import type {Action} from './action.ts';
import {compactionGoesOn, firstOf, noCluster} from './reasons.ts';

export const compact: Action = {
	id: 'compact',
	keys: ['C'],
	title: 'compact',
	help: 'compact old revisions',
	dangerous: true,
	disabledReason: firstOf(noCluster, compactionGoesOn, ({state}) =>
		state.run?.phase.kind === 'defragmenting' ? 'a member is being defragmented; compact when it is done' : undefined,
	),
	run({controls}) {
		controls.openCompact();
	},
	opens: 'compact',
	command: 'compact',
};
