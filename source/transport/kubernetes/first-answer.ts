import {setTimeout as sleep} from 'node:timers/promises';

/**
 * The first answer of several who can all give it: the next one is asked when the one before failed, or is late. Rejects with
 * everybody's errors, as `Promise.any` does.
 */
export async function firstAnswer<Who, T>(all: readonly Who[], lateMs: number, ask: (who: Who) => Promise<T>): Promise<T> {
	let isOver = false;
	const answered = Promise.withResolvers<void>();
	const questions: Promise<T>[] = [];
	for (const who of all) {
		const before = questions.at(-1);
		const failed = before?.then(
			() => answered.promise,
			() => {},
		);
		const late = sleep(lateMs * questions.length, undefined, {ref: false});
		questions.push(failed === undefined ? ask(who) : Promise.race([failed, late]).then(() => (isOver ? before! : ask(who))));
	}
	try {
		return await Promise.any(questions);
	} finally {
		isOver = true;
		answered.resolve();
	}
}
