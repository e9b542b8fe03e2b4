import {setTimeout as sleep} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {firstAnswer} from '../../../source/transport/kubernetes/first-answer.ts';

/** Who were asked, in order. */
function asking(answers: Readonly<Record<string, () => Promise<string>>>) {
	const asked: string[] = [];
	return {
		asked,
		ask(who: string) {
			asked.push(who);
			return answers[who]!();
		},
	};
}

test('asks one only while that one answers', async () => {
	const {asked, ask} = asking({a: async () => 'A', b: async () => 'B'});
	expect(await firstAnswer(['a', 'b'], 5, ask)).toBe('A');
	await sleep(30);
	expect(asked).toEqual(['a']);
});

test('asks the next at once after a failure, and soon after a silence', async () => {
	const {asked, ask} = asking({
		a: () => Promise.reject(new Error('no')),
		b: () => new Promise(() => {}),
		c: async () => 'C',
	});
	expect(await firstAnswer(['a', 'b', 'c'], 10, ask)).toBe('C');
	expect(asked).toEqual(['a', 'b', 'c']);
});

test('asks nobody any more once there is an answer', async () => {
	const {asked, ask} = asking({a: () => sleep(15).then(() => 'A'), b: () => new Promise(() => {}), c: async () => 'C'});
	expect(await firstAnswer(['a', 'b', 'c'], 10, ask)).toBe('A');
	await sleep(30);
	expect(asked).toEqual(['a', 'b']);
});

test('a late answer still counts', async () => {
	const {ask} = asking({a: () => sleep(40).then(() => 'A'), b: () => new Promise(() => {})});
	expect(await firstAnswer(['a', 'b'], 10, ask)).toBe('A');
});

test('rejects with every error when nobody answers', async () => {
	const {ask} = asking({a: () => Promise.reject(new Error('a')), b: () => Promise.reject(new Error('b'))});
	const {errors} = (await firstAnswer(['a', 'b'], 10, ask).catch((error: unknown) => error)) as AggregateError;
	expect(errors.map(({message}) => message)).toEqual(['a', 'b']);
});
