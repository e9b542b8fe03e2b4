import {readFileSync} from 'node:fs';
import {expect, it} from 'vitest';
import {keyTable} from '../source/key-table.ts';
import {flagTable} from '../source/options/help.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('the README has the keys as the program has them', () => {
	expect(readme).toContain(keyTable());
});

it('the README has the flags as the program takes them', () => {
	expect(readme).toContain(flagTable());
});
