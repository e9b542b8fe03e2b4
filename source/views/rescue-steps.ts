/** The way out of NOSPACE as it stands now: compact, defragment, disarm, each done, next, or waiting for the one before. */
import {reclaimableBytes} from '../domain/db-size.ts';
import {cooldownMs, disarmRatio, worthItRatio} from '../domain/defrag-policy.ts';
import {isOver} from '../domain/defrag-run.ts';
import {measuredSpeed} from '../domain/defrag-speed.ts';
import {memberLabel} from '../domain/member.ts';
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

/** From this share of the quota in use on, compacting comes first: the file would soon be full again. */
const compactRatio = 0.8;

type Voter = {
	readonly name: string;
	readonly dbSizeBytes: number;
	readonly dbSizeInUseBytes: number;
	readonly quotaBytes: number;
};

export function rescueSteps(state: State): readonly RescueStep[] {
	const voters = votersOf(state);
	const fullest = voters.toSorted((a, b) => b.dbSizeInUseBytes / b.quotaBytes - a.dbSizeInUseBytes / a.quotaBytes)[0];
	if (fullest === undefined) {
		return [];
	}
	const compacted = fullest.dbSizeInUseBytes / fullest.quotaBytes <= compactRatio;
	const tooBig = voters.filter(({dbSizeBytes, quotaBytes}) => dbSizeBytes >= disarmRatio * quotaBytes);
	const shrunk = tooBig.length === 0;
	const limit = percentText(disarmRatio);
	return [
		{title: 'compact', key: 'C', ...compactWords(fullest, compacted), stage: compacted ? 'done' : 'next'},
		{
			title: 'defragment',
			key: 'D',
			...(shrunk
				? {text: `not needed: every db size is below ${limit}`, short: 'not needed now'}
				: defragmentWords(state, voters, compacted)),
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

/** Learners and members that do not answer block nothing. */
function votersOf(state: State): readonly Voter[] {
	return state.members.flatMap(({member, status, statusAnswer, quota}) =>
		member.isLearner || status === undefined || statusAnswer.kind === 'failed' || quota.bytes === undefined
			? []
			: [
					{
						name: memberLabel(member),
						dbSizeBytes: status.value.dbSizeBytes,
						dbSizeInUseBytes: status.value.dbSizeInUseBytes,
						quotaBytes: quota.bytes,
					},
				],
	);
}

type Words = Pick<RescueStep, 'text' | 'short'>;

function compactWords({dbSizeInUseBytes, quotaBytes}: Voter, compacted: boolean): Words {
	const inUse = sizeText(dbSizeInUseBytes);
	if (compacted) {
		return {text: `not needed: only ${inUse} of ${sizeText(quotaBytes)} is in use`, short: `not needed: ${inUse} in use`};
	}
	return {
		text:
			dbSizeInUseBytes >= disarmRatio * quotaBytes
				? `${inUse} in use: compact, or delete keys, or raise quota`
				: `${inUse} is in use: drop revisions older than 5 min`,
		short: `${inUse} is in use: drop revisions`,
	};
}

/** What it gives, and where it leads: whether it helps is the first question under NOSPACE. */
function defragmentWords(state: State, voters: readonly Voter[], compacted: boolean): Words {
	if (state.run !== undefined && !isOver(state.run)) {
		return {text: 'the run is under way; 4 shows it', short: 'the run is under way; 4 shows it'};
	}
	const worth = voters.filter((voter) => reclaimableBytes(voter) >= worthItRatio * voter.dbSizeBytes);
	const bytes = worth.reduce((sum, voter) => sum + reclaimableBytes(voter), 0);
	if (worth.length === 0) {
		const little = compacted ? 'gives back almost nothing now' : 'waits for 1: gives nothing yet';
		return {text: little, short: little};
	}
	const past = state.members.flatMap(({member, defragmentations}) =>
		defragmentations.map((one) => ({memberName: memberLabel(member), ...one})),
	);
	const {bytesPerSecond} = measuredSpeed(past);
	const work = worth.reduce((sum, {dbSizeInUseBytes}) => sum + (dbSizeInUseBytes / bytesPerSecond) * 1000, 0);
	const takes = estimateText(work + (worth.length - 1) * cooldownMs);
	const gives = `gives back ${sizeText(bytes)}, takes ${takes}`;
	return {text: `all, leader last: ${gives}`, short: gives};
}
