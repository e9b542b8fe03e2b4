import {setTimeout as sleep} from 'node:timers/promises';

/**
 * The first answer of several who can all give it: the next one is asked when the one before failed, or is late. Rejects with
 * everybody's errors, as `Promise.any` does.
 */
export function firstAnswer<Who, T>(all: readonly Who[], lateMs: number, ask: (who: Who) => Promise<T>): Promise<T> {
	const questions: Promise<T>[] = [];
	for (const who of all) {
		const before = questions.at(-1);
		questions.push(before === undefined ? ask(who) : lateOrFailed(before, lateMs * questions.length).then(() => ask(who)));
	}
	return Promise.any(questions);
}

/** Resolves when there is reason to ask somebody else; never once there is an answer. */
function lateOrFailed(question: Promise<unknown>, lateMs: number): Promise<void> {
	const {promise, resolve} = Promise.withResolvers<void>();
	let hasAnswer = false;
	question.then(
		() => {
			hasAnswer = true;
		},
		() => resolve(),
	);
	sleep(lateMs, undefined, {ref: false}).then(() => hasAnswer || resolve());
	return promise;
}
