/** What a person has to type, and what it means: made from the gates and warnings, so that nothing can be left unsaid. */
import type {Confirmation, PlanRow, PlanWarning} from './defrag-plan.ts';
import type {Gate} from './gate.ts';
import {heldGateId} from './run-lease.ts';
import {durationText} from './text.ts';

/** The ordinary word, and those that name what is risked. */
export const ordinaryWord = 'defragment';
export const warnedWord = 'defragment anyway';
export const quorumWord = 'no snapshot, risk quorum';
/** Where a snapshot was taken and verified a moment ago: nothing has to be refused then. */
export const quorumWithSnapshotWord = 'risk quorum';

type Input = {
	readonly steps: readonly PlanRow[];
	readonly gates: readonly Gate[];
	readonly warnings: readonly PlanWarning[];
	readonly voters: number;
	/** Of a verified snapshot that is there and young enough to count; absent without one. */
	readonly snapshotAgeMs?: number | undefined;
};

export function confirmationOf({steps, gates, warnings, voters, snapshotAgeMs}: Input): Confirmation {
	const asked = gates.filter(({state}) => state === 'acknowledge');
	const quorum = asked.some(({id}) => id === 'quorum');
	// Whether another's run goes on, when nobody can renew anything, only a person can find out.
	const isOthers = (gate: Gate) => gate.id.startsWith(heldGateId);
	const others = asked.filter(isOthers);
	const single = voters === 1;
	const longest = Math.max(0, ...steps.map(({estimateMs}) => estimateMs));
	const silence = steps.length === 1 ? 'It stops' : 'Each stops';
	const gateText = ({title, detail}: Gate) => `${title}: ${detail}.`;
	const consequences = [
		...others.map(gateText),
		...(single ? ['All reads and writes of the cluster stop meanwhile: it is the only voter.'] : []),
		...(quorum && !single ? [quorumText(snapshotAgeMs)] : []),
		...asked.filter((gate) => gate.id !== 'quorum' && !isOthers(gate)).map(gateText),
		...warnings.map(({text}) => text),
		`${silence} answering for ~${durationText(longest)}${voters > 2 && !quorum ? '; the others keep the quorum' : ''}.`,
		'A member that has begun cannot be stopped; the run can, between members.',
	];
	return {
		word: wordOf(
			single ? steps[0]?.name : undefined,
			quorum ? snapshotAgeMs : 'no risk',
			asked.length > 0 || warnings.length > 0,
		),
		consequences,
		acknowledges: [...asked.map(({id}) => id), ...warnings.map(({id}) => id)],
		outage: single,
		terminalOnly: (quorum && !single) || others.length > 0,
	};
}

function quorumText(snapshotAgeMs: number | undefined): string {
	const snapshot =
		snapshotAgeMs === undefined
			? 'No snapshot was taken from here in the last hour'
			: `A snapshot was taken and verified ${durationText(snapshotAgeMs)} ago`;
	return `${snapshot}, and a crash of another member now loses quorum.`;
}

function wordOf(onlyVoter: string | undefined, snapshotAgeMs: number | undefined | 'no risk', warned: boolean): string {
	if (onlyVoter !== undefined) {
		return onlyVoter;
	}
	if (snapshotAgeMs === 'no risk') {
		return warned ? warnedWord : ordinaryWord;
	}
	return snapshotAgeMs === undefined ? quorumWord : quorumWithSnapshotWord;
}
