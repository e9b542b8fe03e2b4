import {renderToString} from 'ink';
import {createElement} from 'react';
import type {State} from '../../source/engine/state.ts';
import {createTheme, type ThemeOptions} from '../../source/theme.ts';
import {Header, headerLines} from '../../source/views/header.tsx';
import {views} from '../../source/views/index.ts';
import type {ScreenView} from '../../source/views/view.ts';
import {screen as defaultScreen} from '../helpers/sample-state.ts';

export type PictureOptions = Partial<ThemeOptions> & {readonly screen?: Partial<ScreenView>};

/** The header and the view as the terminal shows them, without the message line and the keys, which are not theirs. */
export function picture(state: State, columns: number, terminalRows: number, options: PictureOptions = {}): string {
	const lines = frame(state, columns, terminalRows, options).split('\n');
	return `\n${lines
		.map((line) => line.trimEnd())
		.join('\n')
		.trimEnd()}\n`;
}

/** The same to the cell, blanks and styles included. */
export function frame(
	state: State,
	columns: number,
	terminalRows: number,
	{unicode = true, color = false, screen: chosen = {}}: PictureOptions = {},
): string {
	const theme = createTheme({unicode, color});
	const screen = {...defaultScreen, ...chosen};
	const header = {state, screen, columns, terminalRows, theme, views};
	const rows = terminalRows - headerLines(header).length - 2;
	const view = views.find(({id}) => id === screen.view);
	if (view === undefined) {
		throw new Error(`no view ${screen.view}`);
	}
	const body = createElement(view.component, {state, screen, columns, rows, theme});
	return `${renderToString(createElement(Header, header), {columns})}\n${renderToString(body, {columns})}`;
}
