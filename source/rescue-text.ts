/** A rescue from NOSPACE in words: its steps with what each one found, for the screen and for the command. */
import {disarmRatio, worthItRatio} from './domain/defrag-policy.ts';
import {estimatedBytes, largestGroups, type PrefixGroup} from './domain/key-prefixes.ts';
import {isCurrent} from './domain/key-scan.ts';
import {dataBytes, quotaOutlook} from './domain/quota-outlook.ts';
import {deletesWork, liveRatio, type Rescue, type RescueState, rescueWatchMs} from './domain/rescue.ts';
import {compactRatio, isShrunk, keysInEtcd, type RescueVoter, rescueVoters} from './domain/rescue-voters.ts';
import {growthPerSecond} from './domain/series.ts';
import {listText} from './domain/text.ts';
import type {State} from './engine/state.ts';
import {estimateText, percentText, sizeText, timeOfDay} from './format.ts';

export type RescueStepText = {
	readonly title: string;
	/** What does it; empty where nothing has to be pressed. */
	readonly key: string;
	readonly stage: 'done' | 'skipped' | 'next' | 'under way' | 'failed' | 'waits' | 'offered';
	readonly text: string;
};

/** What is shown of the largest beginnings, with the estimate that it is. */
export type PrefixRow = {
	readonly prefix: string;
	readonly keys: number;
	readonly bytes: number | undefined;
	readonly share: number;
};

const growthSpanMs = 15 * 60 * 1000;

/** In their order, numbered from 1 on the screen. */
export function rescueSteps(state: State, shown: RescueState): readonly RescueStepText[] {
	const {rescue} = shown;
	const voters = rescueVoters(state.members);
	return [
		{title: 'whose alarm', key: '', stage: 'done', text: whoseText(state, rescue)},
		{title: 'will it help', key: '', ...outlook(state, shown, voters)},
		{title: 'what grew', key: 'w', ...grew(state, rescue)},
		{title: 'snapshot', key: 'b', ...snapshot(shown)},
		{title: 'compact', key: 'C', ...compacting(shown, voters)},
		{title: 'defragment', key: 'D', ...defragmenting(shown, voters)},
		{title: 'disarm', key: 'x', ...disarming(state, shown)},
		{title: 'try a write', key: 't', ...probing(shown)},
		{title: 'watch', key: '', ...watching(state, shown)},
	];
}

function namesText(named: readonly {readonly name: string}[]): string {
	return listText(named.map(({name}) => name).toSorted((a, b) => a.localeCompare(b, 'en', {numeric: true})));
}

type Step = Pick<RescueStepText, 'stage' | 'text'>;

function whoseText({members}: State, {raised, before, round}: Rescue): string {
	const bySince = Map.groupBy(raised, ({since, sinceStart}) => `${sinceStart ? 'before ' : ''}${timeOfDay(since)}`);
	const since = [...bySince].map(([time, alarms]) => `${namesText(alarms)} since ${time}`);
	const quotas = [
		...new Set(before.map(({quotaBytes, quotaAssumed}) => `${sizeText(quotaBytes)}${quotaAssumed ? ' (assumed)' : ''}`)),
	];
	const known = members.some(({quota}) => quota.bytes !== undefined);
	const again = round > 1 ? `; raised again, round ${round}` : '';
	return `${listText(since)}; quota ${known || quotas.length > 0 ? quotas.join(', ') : 'not known'}${again}`;
}

/** Before anything is done, and as it changes: what defragmenting gives, what is used then, and for how long that lasts. */
function outlook({members}: State, {rescue, decision}: RescueState, voters: readonly RescueVoter[]): Step {
	const seen = quotaOutlook(voters.map((voter) => withGrowth(voter, rescue)));
	if (seen === undefined) {
		return {stage: 'waits', text: 'no voter tells its size'};
	}
	const {useAfter, fullInMs} = seen;
	const until = fullInMs === undefined ? 'how fast it grows was not seen' : `full again in ${estimateText(fullInMs)}`;
	const data = dataBytes(voters);
	const gives = voters.reduce((sum, {dbSizeBytes}) => sum + Math.max(0, dbSizeBytes - data), 0);
	if (decision.kind === 'can not help') {
		return {stage: 'failed', text: `no: ${percentText(decision.used)} of the quota is held by keys as they are now`};
	}
	if (isShrunk(voters)) {
		return {stage: 'done', text: `${percentText(useAfter)} of the quota is in use${fullInMs === undefined ? '' : `; ${until}`}`};
	}
	const keys = keysInEtcd(members);
	const live = liveRatio(rescue, {voters, ...(keys === undefined ? {} : {keys})});
	if (live > 0 && useAfter > compactRatio) {
		const held = `the keys as they are now take ${aboutText(live)} of the quota`;
		return live < disarmRatio
			? {
					stage: 'done',
					text: `yes, compacted first: ${held}, the rest is history; defragmenting alone gives back ${sizeText(gives)}`,
				}
			: {stage: 'failed', text: `hardly: ${held}; deletes or a bigger quota are the way`};
	}
	if (rescue.compacted?.uncounted === true && useAfter > compactRatio) {
		return {
			stage: 'done',
			text: `defragmenting tells: etcd counts what was freed only then; ${percentText(useAfter)} used at most`,
		};
	}
	return useAfter >= disarmRatio
		? {stage: 'failed', text: `not by defragmenting alone: ${percentText(useAfter)} of the quota is in use; compact first`}
		: {
				stage: 'done',
				text: `yes: it gives back ${sizeText(gives)}, ${percentText(useAfter)} of the quota is used then; ${until}`,
			};
}

function withGrowth(voter: RescueVoter, {growthBeforeAlarm}: Rescue): RescueVoter {
	return growthBeforeAlarm === undefined ? voter : {growthBytesPerSecond: growthBeforeAlarm, ...voter};
}

function grew({members}: State, {scan}: Rescue): Step {
	if (scan === undefined) {
		return {stage: 'offered', text: 'counts the keys of a follower by their beginnings'};
	}
	const of = scan.ofKeys === undefined ? '' : ` of ~${Math.max(scan.ofKeys, scan.table.keys)}`;
	const counted = keysText(scan.table.keys);
	const read = of === '' ? counted : `${scan.table.keys}${of} keys`;
	const [largest] = prefixRows({scan});
	const most = largest === undefined ? '' : `; ${percentText(largest.share)} is ${shortPrefix(largest.prefix)}`;
	switch (scan.phase) {
		case 'scanning':
			return {stage: 'under way', text: `${read} read${scan.member === undefined ? '' : ` at ${scan.member}`}, w stops${most}`};
		case 'paused':
			return {stage: 'under way', text: `${read} read; it waits: ${scan.reason ?? ''}`};
		case 'done':
			return isCurrent(scan, keysInEtcd(members) ?? scan.table.keys)
				? {stage: 'done', text: `${counted}${most}`}
				: {stage: 'offered', text: `${counted} counted, and some deleted since; w counts again`};
		case 'stopped':
			return {stage: 'skipped', text: `stopped after ${read}, w goes on${most}`};
		case 'failed':
			return {stage: 'failed', text: `${scan.reason ?? ''} (${read} read; w tries again)`};
	}
}

function keysText(keys: number): string {
	return `${keys} key${keys === 1 ? '' : 's'}`;
}

/** `~60%`, but `<1%`. */
function aboutText(ratio: number): string {
	const text = percentText(ratio);
	return /^\d/.test(text) ? `~${text}` : text;
}

/** What is too long for a sentence by its last part. */
function shortPrefix(prefix: string): string {
	return prefix.length <= mostInSentence ? prefix : (prefix.split('/').at(-1) ?? prefix);
}

const mostInSentence = 30;

/** By their estimated size; the share is of all that was counted. */
export function prefixRows({scan}: Pick<Rescue, 'scan'>): readonly PrefixRow[] {
	const groups = scan === undefined ? [] : largestGroups(scan.table);
	const sizeOf = (group: PrefixGroup) => estimatedBytes(group) ?? group.keyBytes;
	const all = groups.reduce((sum, group) => sum + sizeOf(group), 0);
	return groups.map((group) => ({
		prefix: group.prefix,
		keys: group.keys,
		bytes: estimatedBytes(group),
		share: all === 0 ? 0 : sizeOf(group) / all,
	}));
}

function snapshot({rescue, decision}: RescueState): Step {
	switch (rescue.snapshot?.kind) {
		case 'taken':
			return {stage: 'done', text: `${rescue.snapshot.file}, ${timeOfDay(rescue.snapshot.at)}`};
		case 'declined':
			return {stage: 'skipped', text: `gone without by ${rescue.snapshot.operator}`};
		case undefined:
			if (decision.kind === 'wait' && decision.step === 'snapshot') {
				return {stage: 'under way', text: decision.why};
			}
			return isAsked(decision, 'snapshot')
				? {stage: 'next', text: 'first, by etcd itself: debug pods and Leases are writes, which are refused now; n goes without'}
				: {stage: isPast(decision) ? 'skipped' : 'waits', text: isPast(decision) ? 'not needed any more' : 'first'};
	}
}

function compacting({rescue, decision}: RescueState, voters: readonly RescueVoter[]): Step {
	const {compacted} = rescue;
	if (decision.kind === 'wait' && decision.step === 'compact') {
		return {stage: 'under way', text: decision.why};
	}
	if (compacted !== undefined) {
		const inUse = sizeText(compacted.inUseBytes);
		const counted = compacted.uncounted ? 'what it freed is not all counted under NOSPACE' : `${inUse} in use then`;
		return {stage: 'done', text: `to revision ${compacted.revision}; ${counted}`};
	}
	if (decision.kind === 'ask' && decision.step === 'compact') {
		const why = decision.why === undefined ? '' : `${decision.why}; `;
		return {stage: 'next', text: `${why}${sizeText(dataBytes(voters))} is in use: drop old revisions, those of deleted keys too`};
	}
	const small = voters.length > 0 && dataBytes(voters) <= compactRatio * Math.min(...voters.map(({quotaBytes}) => quotaBytes));
	return small || isPast(decision)
		? {stage: 'skipped', text: `not needed: ${voters.length === 0 ? '' : sizeText(dataBytes(voters))} in use`}
		: {stage: 'waits', text: 'old revisions, so that their pages are free'};
}

function defragmenting({rescue, decision}: RescueState, voters: readonly RescueVoter[]): Step {
	const {defragmented} = rescue;
	if (decision.kind === 'wait' && decision.step === 'defragment') {
		return {stage: 'under way', text: decision.why};
	}
	if (decision.kind === 'ask' && decision.step === 'defragment') {
		const why = decision.why === undefined ? '' : `${decision.why}; `;
		return {stage: 'next', text: `${why}all, one by one, the leader last, a cooldown after each`};
	}
	if (defragmented !== undefined) {
		return {stage: 'done', text: `gave back ${sizeText(defragmented.givenBackBytes)}`};
	}
	if (voters.length > 0 && isShrunk(voters)) {
		return {stage: 'done', text: `every db size is below ${percentText(disarmRatio)} of its quota`};
	}
	return {stage: 'waits', text: `all, leader last; below ${percentText(worthItRatio)} a member is not worth it`};
}

function disarming({members}: State, {rescue, decision}: RescueState): Step {
	if (decision.kind === 'wait' && decision.step === 'disarm') {
		return {stage: 'under way', text: decision.why};
	}
	if (rescue.disarmed !== undefined) {
		return {stage: 'done', text: `no NOSPACE stands, ${timeOfDay(rescue.disarmed.at)}`};
	}
	const silent = members.filter(({member, statusAnswer}) => !member.isLearner && statusAnswer.kind === 'failed');
	const warning =
		silent.length === 0 ? '' : `; ${listText(silent.map(({member}) => member.name))} is silent: its file may raise it again`;
	return isAsked(decision, 'disarm')
		? {stage: 'next', text: `writes are accepted again then${warning}`}
		: {stage: 'waits', text: `once every db size is below ${percentText(disarmRatio)} of its quota`};
}

function probing({rescue, decision}: RescueState): Step {
	const {probe} = rescue;
	switch (probe?.kind) {
		case 'trying':
			return {stage: 'under way', text: 'one key is written and deleted'};
		case 'written':
			return {
				stage: 'done',
				text: `written and deleted, ${timeOfDay(probe.at)}${probe.detail === undefined ? '' : `; ${probe.detail}`}`,
			};
		case 'no space':
			return {stage: 'failed', text: `refused for NOSPACE, ${timeOfDay(probe.at)}`};
		case 'failed':
			return {stage: 'failed', text: `failed for another reason, ${timeOfDay(probe.at)}: ${probe.detail ?? ''}`};
		case 'unknown':
			return {stage: 'failed', text: `not known, ${timeOfDay(probe.at)}: ${probe.detail ?? ''}`};
		case undefined:
			return {stage: decision.kind === 'watch' ? 'offered' : 'waits', text: 'puts one key of our own and deletes it'};
	}
}

function watching(state: State, {rescue, decision}: RescueState): Step {
	if (rescue.finished !== undefined) {
		return {stage: 'done', text: `not raised again by ${timeOfDay(rescue.finished.at)}; ${forecastText(state, rescue)}`};
	}
	if (decision.kind !== 'watch') {
		return {stage: 'waits', text: `for ${rescueWatchMs / 60_000} minutes that it isn't raised again`};
	}
	return {
		stage: 'under way',
		text: `until ${timeOfDay(decision.until + state.wallOffsetMs)} that it isn't raised again; ${forecastText(state, rescue)}`,
	};
}

/** When the first file will have reached its quota, at the rate before the alarm and at the one since. */
export function forecastText(state: State, rescue: Rescue): string {
	const voters = rescueVoters(state.members);
	const now = state.members.map(({history}) => growthPerSecond(history, 'dbSizeBytes', growthSpanMs, state.now) ?? 0);
	const at = (growthBytesPerSecond: number) =>
		quotaOutlook(voters.map(({growthBytesPerSecond: _, ...voter}) => ({...voter, growthBytesPerSecond})))?.fullInMs;
	const parts = [
		{rate: Math.max(0, ...now), words: 'as it grows now'},
		{rate: rescue.growthBeforeAlarm ?? 0, words: 'as it grew before the alarm'},
	].flatMap(({rate, words}) => {
		const fullInMs = at(rate);
		return fullInMs === undefined ? [] : [`full again in ${estimateText(fullInMs)} ${words} (${rateText(rate)})`];
	});
	return parts.length === 0 ? 'no growth seen' : parts.join(', ');
}

function rateText(bytesPerSecond: number): string {
	const units = [
		{seconds: 1, word: 's'},
		{seconds: 60, word: 'min'},
		{seconds: 3600, word: 'h'},
	];
	const {seconds, word} = units.find((unit) => bytesPerSecond * unit.seconds >= 1024) ?? units[2]!;
	return `${sizeText(bytesPerSecond * seconds)}/${word}`;
}

/** What is to be read and done beyond the steps: why it is halted, or which deletes work. */
export function adviceTexts({decision}: RescueState): readonly string[] {
	switch (decision.kind) {
		case 'halt':
			return [`${decision.reason}. ${decision.nextStep}`];
		case 'can not help':
			return [
				`Defragmenting can't help: ${percentText(decision.used)} of the quota is held by keys as they are now.`,
				...deletesWork,
			];
		case 'wait':
			return decision.step === 'members' ? [`${decision.why}; etcdtop status says why`] : [];
		default:
			return [];
	}
}

function isAsked(decision: RescueState['decision'], step: string): boolean {
	return decision.kind === 'ask' && decision.step === step;
}

/** The alarm is gone, or about to be. */
function isPast(decision: RescueState['decision']): boolean {
	return decision.kind === 'watch' || decision.kind === 'finished' || isAsked(decision, 'disarm');
}
