import {Box, Text} from 'ink';
import type {ReactElement} from 'react';
import type {Theme} from '../theme.ts';
import {cutLine, type Line, paintLine} from './line.ts';

export type LinesProps = {
	readonly lines: readonly Line[];
	readonly columns: number;
	readonly rows: number;
	readonly theme: Theme;
};

/** Exactly `columns` × `rows`, one text node for all lines: what is longer is cut, what is missing is blank. */
export function Lines({lines, columns, rows, theme}: LinesProps): ReactElement {
	const painted = lines.slice(0, rows).map((line) => paintLine(cutLine(line, columns, theme), theme));
	return (
		<Box width={columns} height={rows} flexShrink={0}>
			<Text wrap="truncate">{painted.join('\n')}</Text>
		</Box>
	);
}
