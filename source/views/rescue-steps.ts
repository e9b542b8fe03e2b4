/** The way out of NOSPACE as it stands now: compact, defragment, disarm, each done, next, or waiting for the one before. */
import {cooldownMs, disarmRatio, worthItRatio} from '../domain/defrag-policy.ts';
import {isOver} from '../domain/defrag-run.ts';
import {measuredSpeed} from '../domain/defrag-speed.ts';
import {memberLabel} from '../domain/member.ts';
import {dataBytes} from '../domain/quota-outlook.ts';
import {compactRatio, isShrunk, type RescueVoter, rescueVoters} from '../domain/rescue-voters.ts';
import type {State} from '../engine/state.ts';
import {estimateText, percentText, sizeText} from '../format.ts';

export type RescueStep = {
	readonly title: 'compact' | 'defragment' | 'disarm';
	readonly key: string;
	readonly text: string;
	/** The same in a narrow terminal: at most 34 characters. */
	readonly short: string;
	readonly stage: 'done' | 'next' | 'waits';
};

/** `uncounted`: finished, and under NOSPACE some member can't tell yet what it freed. */
export type CompactionKnown = 'under way' | 'counted' | 'uncounted';

export function compactionOf({compaction}: Pick<State, 'compaction'>): CompactionKnown | undefined {
	switch (compaction?.phase.kind) {
		case 'compacting':
		case 'stabilising':
			return 'under way';
		case 'finished':
			return compaction.phase.uncounted.length > 0 ? 'uncounted' : 'counted';
		default:
			return undefined;
	}
}

export function rescueSteps(state: State): readonly RescueStep[] {
	const voters = rescueVoters(state.members);
	if (voters.length === 0) {
		return [];
	}
	const fullest = {inUseBytes: dataBytes(voters), quotaBytes: Math.min(...voters.map(({quotaBytes}) => quotaBytes))};
	const compaction = compactionOf(state);
	const small = fullest.inUseBytes / fullest.quotaBytes <= compactRatio;
	const compacted = small || compaction === 'counted' || compaction === 'uncounted';
	const shrunk = isShrunk(voters);
	const limit = percentText(disarmRatio);
	return [
		{title: 'compact', key: 'C', ...compactWords(fullest, small, compaction), stage: compacted ? 'done' : 'next'},
		{
			title: 'defragment',
			key: 'D',
			...(shrunk
				? {text: `not needed: every db size is below ${limit}`, short: 'not needed now'}
				: defragmentWords(state, voters, compacted, small)),
			stage: shrunk ? 'done' : compacted ? 'next' : 'waits',
		},
		{
			title: 'disarm',
			key: 'a',
			...(shrunk
				? {text: `every db size is below ${limit}`, short: `every db size is below ${limit}`}
				: {
						text: `waits for 2: every db size below ${limit} of quota (${sizeText(disarmRatio * fullest.quotaBytes)})`,
						short: `waits for 2: db sizes below ${limit}`,
					}),
			stage: shrunk && compacted ? 'next' : 'waits',
		},
	];
}

type Words = Pick<RescueStep, 'text' | 'short'>;

type Fill = {readonly inUseBytes: number; readonly quotaBytes: number};

function compactWords({inUseBytes, quotaBytes}: Fill, small: boolean, compaction: CompactionKnown | undefined): Words {
	const inUse = sizeText(inUseBytes);
	if (compaction === 'under way') {
		return {text: 'under way', short: 'under way'};
	}
	if (compaction === 'uncounted' && !small) {
		return {text: 'done; what it freed is not counted under NOSPACE', short: 'done, not counted under NOSPACE'};
	}
	if (compaction === 'counted') {
		return {text: `done: ${inUse} is in use`, short: `done: ${inUse} is in use`};
	}
	return small
		? {text: `not needed: only ${inUse} of ${sizeText(quotaBytes)} is in use`, short: `not needed: ${inUse} in use`}
		: {text: `${inUse} is in use: drop revisions older than 5 min`, short: `${inUse} is in use: drop revisions`};
}

/** Those that the plan of all has: worth it by what they give back, or so large that a compaction may have freed what is not counted. */
function defragmentWords(state: State, voters: readonly RescueVoter[], compacted: boolean, small: boolean): Words {
	if (state.run !== undefined && !isOver(state.run)) {
		return {text: 'the run is under way; 4 shows it', short: 'the run is under way; 4 shows it'};
	}
	const data = dataBytes(voters);
	const worth = voters.filter(
		({dbSizeBytes, quotaBytes}) => dbSizeBytes - data >= worthItRatio * dbSizeBytes || dbSizeBytes >= disarmRatio * quotaBytes,
	);
	const bytes = worth.reduce((sum, {dbSizeBytes}) => sum + Math.max(0, dbSizeBytes - data), 0);
	const least = compactionOf(state) === 'uncounted' && !small ? 'at least ' : '';
	if (!compacted) {
		const little = `waits for 1: gives back ${sizeText(bytes)} now`;
		return {text: little, short: little};
	}
	const past = state.members.flatMap(({member, defragmentations}) =>
		defragmentations.map((one) => ({memberName: memberLabel(member), ...one})),
	);
	const {bytesPerSecond} = measuredSpeed(past);
	const work = worth.length * (data / bytesPerSecond) * 1000;
	const takes = estimateText(work + (worth.length - 1) * cooldownMs);
	const gives = `gives back ${least}${sizeText(bytes)}, takes ${takes}`;
	return {
		text: least === '' ? `all, leader last: ${gives}` : `all: ${gives}`,
		short: least === '' ? gives : `at least ${sizeText(bytes)}, takes ${takes}`,
	};
}
