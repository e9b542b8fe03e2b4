/** What stands in place of the members until there are any: whom we ask, or why nobody answered and what to do about it. */

import {emptyLine, type Line, span} from '../components/line.ts';
import {wrapText} from '../format.ts';
import type {ViewProps} from './view.ts';

export function noMembers({state, columns, theme}: ViewProps): readonly Line[] {
	const {symbols, styles} = theme;
	const endpoints = state.connection?.endpoints ?? [];
	const failure = state.membershipFailure;
	if (failure === undefined) {
		const whom = endpoints.length === 0 ? 'connecting' : `asking ${endpoints.join(', ')} for the members`;
		return [
			emptyLine,
			...indented(theme.text(whom), columns).map(
				(line, index): Line => [span(index === 0 ? ` ${symbols.waiting} ` : '   '), ...line],
			),
		];
	}
	const where = failure.endpoint === undefined ? '' : `${failure.endpoint}: `;
	return [
		emptyLine,
		...indented(theme.text(where + failure.message), columns).map(
			(line, index): Line => [span(index === 0 ? ` ${symbols.failed} ` : '   ', styles.bad), ...line],
		),
		...(failure.nextStep === ''
			? []
			: indented(theme.text(failure.nextStep), columns).map((line): Line => [span('   '), ...line])),
		emptyLine,
		[span('   It goes on asking.')],
	];
}

function indented(text: string, columns: number): readonly Line[] {
	return wrapText(text, columns - 4).map((part) => [span(part)]);
}
