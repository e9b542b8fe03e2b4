/** The one way by which all members are reached: when nobody answers, it is rather that than every one of them. */
import {silenceMs} from '../domain/member-state.ts';
import type {MemberRecord, State} from './state.ts';

const sharedWays: Readonly<Partial<Record<NonNullable<State['connection']>['kind'], string>>> = {
	tunnel: 'the Kubernetes API',
	exec: 'the Kubernetes API',
	ssh: 'SSH',
};

/** Undefined while anything of any member is heard, and for a single member: there it may as well be that one. */
export function silentWay({connection, members, now}: State): {readonly way: string} | undefined {
	const way = connection && sharedWays[connection.kind];
	const isSilent = ({silentSince, metricsSilentSince, statusAnswer}: MemberRecord): boolean =>
		silentSince !== undefined &&
		metricsSilentSince !== undefined &&
		now - silentSince >= silenceMs &&
		(statusAnswer.kind !== 'failed' || statusAnswer.failure.kind === 'timed-out' || statusAnswer.failure.beforeEtcd === true);
	return way !== undefined && members.length > 1 && members.every(isSilent) ? {way} : undefined;
}

/** Since when, and why, no member is seen; undefined while one is. */
export function lostWay(members: readonly MemberRecord[]): State['wayLost'] {
	const [first] = members;
	if (first === undefined || members.some(({condition}) => condition.state !== 'unseen')) {
		return undefined;
	}
	const since = Math.max(...members.map(({condition}) => condition.since));
	// A failure says more than a silence.
	const told = members.map(({statusAnswer}) => (statusAnswer.kind === 'failed' ? statusAnswer.failure : undefined));
	const failure = told.find((one) => one?.beforeEtcd);
	const silence = first.condition.explanation.replace(/ for \{age\}.*/, '');
	return {since, why: failure?.message ?? silence, nextStep: failure?.nextStep ?? ''};
}
