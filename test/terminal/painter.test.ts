import {beforeEach, expect, test, vi} from 'vitest';
import {Painter} from '../../source/terminal/painter.ts';
import {Screen} from '../../source/terminal/screen.ts';

let written: string[];
let takeBytes: () => void;
let painter: Painter;

beforeEach(() => {
	vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'performance']});
	written = [];
	takeBytes = () => {};
	const target = {
		write(bytes: string, done: () => void) {
			written.push(bytes);
			takeBytes = done;
		},
	};
	painter = new Painter(new Screen(20, 2, {ascii: false, styled: true}), target);
	return () => vi.useRealTimers();
});

test('the first frame is drawn at once, those that follow within a thirtieth of a second as one', () => {
	painter.show('first');
	takeBytes();
	for (const frame of ['second', 'third', 'fourth']) {
		painter.show(frame);
	}

	expect(written).toHaveLength(1);
	vi.advanceTimersByTime(40);
	expect(written).toHaveLength(2);
	expect(written[1]).toContain('ourth');
});

test('while the terminal takes no bytes frames are dropped; the newest is drawn when it does', () => {
	painter.show('first');
	for (let frame = 0; frame < 100; frame++) {
		painter.show(`frame ${frame}`);
		vi.advanceTimersByTime(100);
	}

	expect(written).toHaveLength(1);
	takeBytes();
	expect(written).toHaveLength(2);
	expect(written[1]).toContain('rame 99');
});

test('a repaint draws a frame whole that has not changed, also when asked for while bytes are on their way', () => {
	painter.show('first');
	painter.repaint();
	takeBytes();
	vi.advanceTimersByTime(40);
	expect(written).toHaveLength(2);
	expect(written[1]).toBe(written[0]);
});

test('paused, nothing is written; resumed, all of the newest frame is', () => {
	painter.show('first');
	takeBytes();
	painter.pause();
	painter.show('second');
	vi.advanceTimersByTime(1000);
	expect(written).toHaveLength(1);
	painter.resume();
	expect(written[1]).toContain('second');
});
