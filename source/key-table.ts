import type {Place} from './key-record.ts';
import {keymap} from './keymap.ts';
import {views} from './views/index.ts';

/** The table of the README, in Markdown. */
export function keyTable(): string {
	const rows = keymap.map(({label, help, places}) => `| ${inCode(label)} | ${help} | ${placesText(places)} |`);
	return ['| keys | action | where |', '|---|---|---|', ...rows].join('\n');
}

/** A label like `a, there x` or `6, there e` leads to the key: the last word is what acts. */
function inCode(label: string): string {
	const keys = label.includes(', there ') ? label.slice(label.lastIndexOf(' ') + 1) : (label.split(', ')[0] ?? label);
	return keys
		.split(' ')
		.map((key) => `\`${key}\``)
		.join(' ');
}

const placeNames: Readonly<Partial<Record<Place, string>>> = {
	member: 'member page',
	confirm: 'confirmation',
	asking: 'question of a run',
	compact: 'compact dialog',
	encrypt: 'encrypt dialog',
	quit: 'quit dialog',
};

function placesText(places: readonly Place[]): string {
	return views.every(({id}) => places.includes(id)) ? 'everywhere' : places.map((place) => placeNames[place] ?? place).join(', ');
}
