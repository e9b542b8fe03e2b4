/** Whether defragmenting helps against NOSPACE: the first question there, answered before the steps. */
import {disarmRatio} from '../domain/defrag-policy.ts';
import {type QuotaOutlook, quotaOutlook} from '../domain/quota-outlook.ts';
import {compactRatio, isShrunk, rescueVoters} from '../domain/rescue-voters.ts';
import type {State} from '../engine/state.ts';
import {estimateText, percentText} from '../format.ts';
import {compactionOf} from './rescue-steps.ts';

/** A sentence or two; `short` for a narrow terminal. */
export type OutlookWords = {readonly text: string; readonly short: string};

export function outlookWords(state: State): OutlookWords | undefined {
	const voters = rescueVoters(state.members);
	const outlook = quotaOutlook(voters);
	if (outlook === undefined) {
		return undefined;
	}
	const use = percentText(outlook.useAfter);
	const time = timeText(outlook);
	if (isShrunk(voters)) {
		const text = `Disarm it now: ${use} of the quota is in use, ${time}.`;
		return {text, short: text};
	}
	const compaction = compactionOf(state);
	if (compaction === 'uncounted' && outlook.useAfter >= disarmRatio) {
		return {
			text: `Defragment: etcd counts what the compaction freed only then; ${use} of the quota at most is used afterwards.`,
			short: 'Defragment: what was freed is counted then.',
		};
	}
	if (outlook.useAfter >= disarmRatio) {
		const compact = compaction === 'counted' ? [] : ['compact'];
		const ways = [...compact, 'delete keys, then compact', 'a bigger quota'].join('; ');
		return {
			text: `Defragmenting alone can't help: ${use} of the quota is in use. What can: ${ways}.`,
			short: `Defragmenting can't help, ${use} is in use: ${[...compact, 'delete keys', 'raise the quota'].join(', ')}.`,
		};
	}
	if (outlook.useAfter > compactRatio && compaction === undefined) {
		return {
			text: `Compact first, else ${use} of the quota stays in use, ${time}.`,
			short: `Compact first, else ${use} stays in use.`,
		};
	}
	return {
		text: `Defragmenting helps: ${use} of the quota afterwards, ${time}.`,
		short: `Defragmenting helps: ${use} then, ${time}.`,
	};
}

function timeText({fullInMs}: QuotaOutlook): string {
	return fullInMs === undefined ? 'growth not seen' : `full in ${estimateText(fullInMs)}`;
}
