import type {ReactElement} from 'react';
import {blank, emptyLine, type Line, span} from '../components/line.ts';
import {Lines} from '../components/lines.tsx';
import {dbSizeChart} from './db-size-chart.ts';
import {noMembers} from './no-members.ts';
import {chartMembers} from './overview.tsx';
import type {ViewProps} from './view.ts';

/** The db sizes over time at full height. */
export function Charts(props: ViewProps): ReactElement {
	const {columns, rows, theme} = props;
	return <Lines lines={chartsLines(props)} columns={columns} rows={rows} theme={theme} />;
}

export function chartsLines(props: ViewProps): readonly Line[] {
	if (props.state.members.length === 0) {
		return noMembers(props);
	}
	const chart = dbSizeChart({...props, members: chartMembers(props)});
	return chart.length > 0 ? chart : [emptyLine, [blank(1), span('A chart needs a larger terminal.')]];
}
