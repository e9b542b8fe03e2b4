/** Waiting for the state as a screen does: a command subscribes to the store and holds no engine logic. */

import type {Failure} from '../domain/failure.ts';
import type {Store} from '../engine/controls.ts';
import type {State} from '../engine/state.ts';

/** Resolves with the first state that `found` gives something for; looks at once and at every change. */
export function waitFor<T>(store: Store, found: (state: State) => T | undefined): Promise<T> {
	return new Promise((resolve) => {
		const look = () => {
			const value = found(store.getState());
			if (value !== undefined) {
				unsubscribe();
				resolve(value);
			}
		};
		const unsubscribe = store.subscribe(look);
		look();
	});
}

/** Calls `say` with each new sentence that `sentenceOf` makes of the state. */
export function follow(store: Store, say: (text: string) => void, sentenceOf: (state: State) => string | undefined): () => void {
	let last: string | undefined;
	const look = () => {
		const sentence = sentenceOf(store.getState());
		if (sentence !== undefined && sentence !== last) {
			last = sentence;
			say(sentence);
		}
	};
	look();
	return store.subscribe(look);
}

/** `asked` once every member has answered or failed to, or why there is no list of members. */
export function everyMemberAsked({members, membershipFailure}: State): 'asked' | Failure | undefined {
	if (members.length === 0) {
		return membershipFailure;
	}
	return members.every(({statusAnswer}) => statusAnswer.kind !== 'pending') ? 'asked' : undefined;
}
