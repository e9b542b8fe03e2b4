import {Box, Text} from 'ink';
import {type ReactElement, useMemo} from 'react';
import type {Theme} from '../theme.ts';
import {cutLine, type Line, paintLine} from './line.ts';

export type LinesProps = {
	readonly lines: readonly Line[];
	readonly columns: number;
	readonly rows: number;
	readonly theme: Theme;
};

/**
 * Exactly `columns` × `rows`, one text node for all lines: what is longer is cut, what is missing is blank. While the text is the
 * same so is the element: React then leaves Ink alone, which would lay out and write the whole screen for any new one.
 */
export function Lines({lines, columns, rows, theme}: LinesProps): ReactElement {
	const painted = lines
		.slice(0, rows)
		.map((line) => paintLine(cutLine(line, columns, theme), theme))
		.join('\n');
	return useMemo(
		() => (
			<Box width={columns} height={rows} flexShrink={0}>
				<Text wrap="truncate">{painted}</Text>
			</Box>
		),
		[painted, columns, rows],
	);
}
