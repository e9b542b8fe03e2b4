/** What the journal's lines say of attempts. */
import {expect, test} from 'vitest';
import {attemptsIn} from '../../source/engine/file-attempt-log.ts';
import {startedLine} from './journal-lines.ts';

const clock = {bootId: 'boot-a', uptimeMs: () => 2_000_000};

test.each([
	['of this boot', {bootId: 'boot-a', uptimeMs: 2_000_000}, true],
	['of another boot', {bootId: 'boot-b', uptimeMs: 1_000_000}, false],
	['of a time that this boot has not reached: the machine was put back to an earlier state', {uptimeMs: 2_000_001}, false],
])('a line %s', (_, changes, thisBoot) => {
	const started = startedLine(changes);
	const ended = {...started, type: 'ended', outcome: 'done', durationMs: 1} as const;
	expect(attemptsIn([started, ended], clock)).toMatchObject([{thisBoot, end: {thisBoot}}]);
});

test('an end without its beginning is none, and the first end counts', () => {
	const started = startedLine();
	const ended = {...started, type: 'ended', outcome: 'failed', durationMs: 1, uptimeMs: 1_500_000} as const;
	expect(attemptsIn([ended], clock)).toEqual([]);
	expect(attemptsIn([started, ended, {...ended, uptimeMs: 1_600_000}], clock)).toMatchObject([{end: {at: 1_500_000}}]);
});
