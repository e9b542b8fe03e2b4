/** What can be pressed now, where there is room for a part of it. */
import {expect, test} from 'vitest';
import type {State} from '../../source/engine/state.ts';
import {initialScreen} from '../../source/screen-state.ts';
import {createTheme} from '../../source/theme.ts';
import {footerLine} from '../../source/views/footer.ts';
import {ocpState, prodState} from '../helpers/sample-state.ts';

function footer(state: State, columns = 80): string {
	const line = footerLine(initialScreen, state, columns, createTheme({unicode: true, color: false}));
	return line.map(({text}) => text).join('');
}

test('under NOSPACE the way out is there, compacting too', () => {
	expect(footer(prodState())).toBe(' d defragment  D all  a alarms  Enter open  / filter  w columns  ? help  q quit');
	expect(footer(ocpState())).toBe(' d defragment  D all  C compact  a alarms  Enter open  / filter  ? help  q quit');
});
