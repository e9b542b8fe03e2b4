import {tmpdir} from 'node:os';
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {splitKeys} from '../../source/terminal/split-keys.ts';
import {type PseudoTerminal, startInTerminal} from '../helpers/pseudo-terminal.ts';
import {buildApp} from './fixtures/build-app.ts';

let app: Awaited<ReturnType<typeof buildApp>>;
let terminal: PseudoTerminal;

beforeAll(async () => {
	app = await buildApp();
});

beforeEach(async () => {
	terminal = startInTerminal(process.execPath, [app.file], {
		columns: 100,
		rows: 10,
		env: {LANG: 'C.UTF-8', XDG_STATE_HOME: tmpdir()},
	});
	await terminal.waitFor('ready');
});

afterEach(() => terminal.kill());
afterAll(() => app.remove());

test('keys arrive as keys, Ctrl-C too', async () => {
	for (const [bytes, shown] of [
		['\x1b[A', '<upArrow:>'],
		['\x1b[B', '<downArrow:>'],
		['\x1b[C', '<rightArrow:>'],
		['\x1b[D', '<leftArrow:>'],
		['\r', '<return:'],
		['\t', '<tab:>'],
		['\x1b[Z', '<tab+shift:>'],
		['\x1b[5~', '<pageUp:>'],
		['\x1b[6~', '<pageDown:>'],
		['\x1b[H', '<home:>'],
		['\x1b[F', '<end:>'],
		['\x03', '<ctrl:c>'],
	] as const) {
		terminal.send(bytes);
		await terminal.waitFor((screen) => sortKeys(screen).includes(sortKeys(shown)), 2000);
	}

	terminal.send('\x1b');
	await terminal.waitFor('<escape', 500);
});

test('a paste is told from typing; keys in one piece arrive in one input', async () => {
	terminal.send('\x1b[200~yes\r\x1b[201~');
	await terminal.waitFor('<paste:yes');
	terminal.send('jj');
	await terminal.waitFor(/<:jj>|<:j> <:j>/);
	expect(splitKeys('jj')).toEqual(['j', 'j']);
});

test('Ctrl-L draws everything again', async () => {
	const before = terminal.bytes().length;
	terminal.send('\x0c');
	await expect.poll(() => terminal.bytes().slice(before)).toContain('ready 100×10');
});

test('a new size is drawn', async () => {
	terminal.resize(60, 12);
	await terminal.waitFor('ready 60×12');
});

/** Ink names modifiers in an order of its own. */
function sortKeys(text: string): string {
	return text.replaceAll('shift+tab', 'tab+shift');
}
