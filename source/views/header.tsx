import type {ReactElement} from 'react';
import {fillLine, type Line, lineWidth, type Span, span, spread} from '../components/line.ts';
import {Lines} from '../components/lines.tsx';
import {memberLabel} from '../domain/member.ts';
import {durationText, fit, timeOfDay} from '../format.ts';
import {alarmBanner, gravestAlarm} from './alarm-banner.ts';
import {alarmsLine} from './alarms-line.ts';
import {memberHeader} from './member-header.ts';
import {namesOf} from './members-shown.ts';
import {runLine} from './run-line.ts';
import {healthSpans} from './state-words.ts';
import type {View, ViewProps} from './view.ts';
import {wayLines} from './way-line.ts';

export type HeaderProps = Omit<ViewProps, 'rows'> & {
	/** Of the whole terminal: they decide whether there is room for the tabs. */
	readonly terminalRows: number;
	readonly views: readonly View[];
};

/** What stands on top of every view; its height is that of `headerLines`. */
export function Header(props: HeaderProps): ReactElement {
	const lines = headerLines(props);
	return <Lines lines={lines} columns={props.columns} rows={lines.length} theme={props.theme} />;
}

/** Below that the tabs give way first. */
const tabsFromRows = 32;

/** The state of the cluster, the tabs, the alarms (or the banner of one), and the run. They keep their place on every view. */
export function headerLines(props: HeaderProps): readonly Line[] {
	const {state, screen, columns, terminalRows, theme} = props;
	const run = runLine({...props, view: screen.view});
	const runLines = run === undefined ? [] : [run];
	if (screen.view === 'member') {
		return [...memberHeader(props), ...runLines];
	}
	const tabs = terminalRows >= tabsFromRows ? [tabsLine(props)] : [];
	const alarms =
		gravestAlarm(state) === undefined
			? [alarmsLine({state, columns, theme})]
			: alarmBanner({state, columns, theme}, screen.view === 'overview');
	return [clusterLine(props), ...wayLines(props), ...tabs, ...alarms, ...runLines];
}

/** `[1 Overview]  2 Charts   3 Alarms` */
function tabsLine({screen, views, theme}: HeaderProps): Line {
	return views
		.filter(({number}) => number !== undefined)
		.flatMap(({id, number, title}, index): Span[] => {
			const isOpen = id === screen.view;
			const text = `${number} ${title}`;
			return [...(index === 0 ? [] : [span(' ')]), isOpen ? span(`[${text}]`, theme.styles.strong) : span(` ${text} `)];
		});
}

/** From here on three blanks stand between the fields, and the connection goes to the right end. */
const roomyColumns = 100;
const leaderCells = 20;
const smallestNameCells = 12;

/** The fields that can go, in this order. */
const droppable = ['etcdtop', 'term', 'endpoints', 'connection', 'interval', 'voters', 'leader'] as const;
type Droppable = (typeof droppable)[number];

function clusterLine(props: HeaderProps): Line {
	for (let dropped = 0; dropped <= droppable.length; dropped++) {
		const line = clusterLineWith(props, new Set(droppable.slice(dropped)));
		if (line !== undefined) {
			return line;
		}
	}
	const {columns, theme} = props;
	const left = joined([...clusterFields(props, new Set(), smallestNameCells), ...connectionFields(props, new Set())], span('  '));
	return spread([span(' '), ...left], [span(` ${changedText(props)}`)], columns, theme);
}

function clusterLineWith(props: HeaderProps, kept: ReadonlySet<Droppable>): Line | undefined {
	const {columns, theme} = props;
	const roomy = columns >= roomyColumns;
	const gap = span(' '.repeat(roomy ? 3 : 2));
	const nameCells = Math.max(smallestNameCells, Math.floor(columns / 4));
	const left = joined(clusterFields(props, kept, nameCells), gap);
	const connection = connectionFields(props, kept);
	const right = joined([...(roomy ? connection : []), [span(changedText(props))]], gap);
	const start = [
		span(' '),
		...joined(
			[left, ...(roomy ? [] : connection)].filter(({length}) => length > 0),
			gap,
		),
	];
	const needed = lineWidth(start) + gap.text.length + lineWidth(right);
	return needed > columns ? undefined : [...fillLine(start, columns - lineWidth(right), theme), ...right];
}

function clusterFields({state, theme}: HeaderProps, kept: ReadonlySet<Droppable>, nameCells: number): readonly Line[] {
	const {health} = state;
	const {styles, symbols} = theme;
	const voters =
		health.voters === 0 || !(kept.has('voters') || health.answeringVoters < health.voters)
			? []
			: [span(`  ${health.answeringVoters} of ${health.voters} voter${health.voters === 1 ? '' : 's'}`)];
	return [
		...(kept.has('etcdtop') ? [[span('etcdtop')]] : []),
		[span(fit(theme.text(state.clusterName), nameCells, symbols.ellipsis), styles.strong)],
		[...healthSpans(health.kind, theme), ...voters],
		...(health.voters === 0 || !(kept.has('leader') || health.leader === undefined) ? [] : [leaderField(state, theme)]),
		...(kept.has('term') && health.raftTerm !== undefined ? [[span(`term ${health.raftTerm}`)]] : []),
		...(state.readOnly ? [[span('READ-ONLY', styles.strong)]] : []),
	];
}

function leaderField(state: HeaderProps['state'], theme: HeaderProps['theme']): Line {
	const {leader} = state.health;
	if (leader === undefined) {
		return [state.wayLost === undefined ? span('no leader', theme.styles.bad) : span('leader not seen')];
	}
	const known = state.members.some(({member}) => member.id === leader.id);
	const name = known ? namesOf(state, leaderCells - 8, theme)(leader.id) : theme.text(memberLabel(leader));
	return [span(`leader ${fit(name, leaderCells, theme.symbols.ellipsis)}`)];
}

function connectionFields({state, screen}: HeaderProps, kept: ReadonlySet<Droppable>): readonly Line[] {
	const {connection} = state;
	const count = connection?.endpoints.length ?? 0;
	const endpoints = kept.has('endpoints') ? `, ${count} endpoint${count === 1 ? '' : 's'}` : '';
	return [
		...(connection !== undefined && kept.has('connection') ? [[span(`${connection.security}${endpoints}`)]] : []),
		...(screen.pausedSince === undefined
			? kept.has('interval')
				? [[span(`every ${state.intervalMs / 1000} s`)]]
				: []
			: [[span(`PAUSED ${durationText(state.now - screen.pausedSince)}`)]]),
	];
}

/** When the figures last changed: an unchanged cluster sends nothing. */
function changedText({state}: HeaderProps): string {
	return state.changedAt === undefined ? '' : timeOfDay(state.changedAt + state.wallOffsetMs);
}

function joined(fields: readonly Line[], gap: Span): Line {
	return fields.flatMap((field, index) => (index === 0 ? field : [gap, ...field]));
}
