/** One kind of question to one member: at most one is open, and what came of the last one stands until there is news. */
import type {Answer} from '../domain/observation.ts';
import {ask} from './ask.ts';
import type {Clock} from './clock.ts';

export interface Question<T> {
	/** Asks unless one is open already; resolves with what came of it, `undefined` at once when nothing was asked. Never rejects. */
	ask(question: () => Promise<T>): Promise<Answer<T> | undefined>;
	/**
	 * The newest outcome. An answer stands until the next question has been open for `graceMs`, so that asking again is not news; a
	 * failure stands until something else came, so that a dead member does not look alive while it is asked again.
	 */
	outcome(graceMs: number): Answer<T>;
}

export function createQuestion<T>(clock: Clock): Question<T> {
	const createdAt = clock.uptimeMs();
	let last: Answer<T> | undefined;
	let openSince: number | undefined;

	return {
		async ask(question) {
			if (openSince !== undefined) {
				return undefined;
			}
			openSince = clock.uptimeMs();
			last ??= {kind: 'pending', since: openSince};
			const answer = await ask(clock, question);
			openSince = undefined;
			last = answer;
			return answer;
		},
		outcome(graceMs) {
			if (last?.kind === 'answered' && openSince !== undefined && clock.uptimeMs() - openSince >= graceMs) {
				return {kind: 'pending', since: openSince};
			}
			return last ?? {kind: 'pending', since: createdAt};
		},
	};
}
