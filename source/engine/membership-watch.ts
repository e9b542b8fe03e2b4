/** Keeps the member list: asked for every so many rounds, and at once when an answer does not fit it. One call at a time. */
import type {Failure} from '../domain/failure.ts';
import type {Membership} from '../domain/member.ts';
import type {Answer, MemberStatus} from '../domain/observation.ts';
import type {CallOptions, Transport} from '../transport/transport.ts';
import {failureOf} from '../transport/transport-error.ts';

/** A member list changes by hand, once in weeks; when it does, answers that don't fit mostly tell before this does. */
const everyRounds = 5;

export interface MembershipWatch {
	current(): Membership | undefined;
	/** Why the current one is old, or why there is none. */
	failure(): Failure | undefined;
	/** Asks when it is time to, or when an answer gave reason to doubt. Resolves when that is over. Never rejects. */
	refresh(): Promise<void>;
	/** Looks whether what a member answered fits the list. */
	compare(before: Answer<MemberStatus>, after: Answer<MemberStatus>): void;
}

export function createMembershipWatch(transport: Transport, options: CallOptions): MembershipWatch {
	let membership: Membership | undefined;
	let failure: Failure | undefined;
	let asking: Promise<void> | undefined;
	let doubtful = true;
	let rounds = 0;

	async function ask(): Promise<void> {
		doubtful = false;
		try {
			membership = await transport.membership(options);
			failure = undefined;
		} catch (error) {
			failure = failureOf(error);
			doubtful = true;
		}
	}

	return {
		current: () => membership,
		failure: () => failure,
		refresh() {
			if (rounds++ % everyRounds === 0 || doubtful) {
				asking ??= ask().finally(() => {
					asking = undefined;
				});
			}
			return asking ?? Promise.resolve();
		},
		compare(before, after) {
			if (after.kind === 'failed') {
				// A member that keeps failing in the same way has told nothing new.
				doubtful ||= before.kind !== 'failed' || before.failure.kind !== after.failure.kind;
			} else if (after.kind === 'answered') {
				const {leaderId} = after.value;
				doubtful ||= leaderId !== undefined && membership?.members.some(({id}) => id === leaderId) !== true;
			}
		},
	};
}
