/** The plan of a defragmentation, with its gates as they tick off. It asks nothing: Enter leads on to the confirmation. */
import {type Dialog, type DialogRow, dialogCells, keysLine, type Room, row, type Told, textRows} from '../components/dialog.ts';
import {blank, emptyLine, type Line, lineWidth, type Span, span} from '../components/line.ts';
import {type Column, tableHead, tableRow} from '../components/table.ts';
import type {DefragPlan, PlanRow} from '../domain/defrag-plan.ts';
import {cooldownMs} from '../domain/defrag-policy.ts';
import type {Gate} from '../domain/gate.ts';
import type {State} from '../engine/state.ts';
import {bytesCell, durationText, estimateText, percentCell, sizeText, timeOfDay} from '../format.ts';
import type {Theme} from '../theme.ts';
import {type NameOf, namesOf} from './members-shown.ts';
import {backupRows} from './plan-backup.ts';

export type PlanProps = {readonly state: State; readonly moveLeader: boolean};

export function planDialog(props: PlanProps, room: Room, theme: Theme): Dialog {
	const {state} = props;
	const {plan} = state;
	const aside = `${state.clusterName}, ${timeOfDay(state.now + state.wallOffsetMs)}`;
	if (plan === undefined) {
		const asking = [span(`${theme.symbols.waiting} asking every member`)];
		return {title: 'Defragment: the plan', aside, rows: [row(asking), row(emptyLine), row(keysLine([['Esc', 'cancel']], theme))]};
	}
	const names = namesOf(state, 12, theme);
	return {
		title: titleOf(plan),
		aside,
		rows: [
			...tableRows(plan, props.moveLeader, names, room, theme),
			row(emptyLine, 2),
			...summaryRows(plan, room, theme),
			...plan.warnings.flatMap((warning) => warningRows(warning, room, theme)),
			...backupRows(state, theme),
			...gateRows(plan.gates, room, theme),
			...refusalRows(plan, room, theme),
			row(keys(plan, room, theme)),
		],
	};
}

export function titleOf({scope, steps, leftOut}: DefragPlan): string {
	const only = steps[0]?.name ?? leftOut[0]?.name ?? '';
	return scope.kind === 'all' ? 'Defragment all: the plan' : `Defragment ${only}: the plan`;
}

/** From here on every column and every word has room. */
const wideCells = 70;

/** A row of the table: a member, a wait, or the move of leadership. */
type TableRow = {
	readonly sign: string;
	readonly member: string;
	readonly role: string;
	readonly dbSize: string;
	readonly givesBack: string;
	readonly percent: string;
	readonly blocks: string;
	readonly why: string;
};

function tableRows(plan: DefragPlan, moveLeader: boolean, nameOf: NameOf, room: Room, theme: Theme): readonly DialogRow[] {
	const columns = columnsIn(dialogCells(room), theme);
	const none = theme.symbols.none;
	const rows: DialogRow[] = [row(tableHead(columns, theme), 25)];
	plan.steps.forEach((step, index) => {
		if (index > 0) {
			rows.push(row(tableRow(columns, waitRow(index), theme), 21));
		}
		if (step.role === 'leader' && plan.moveLeader !== undefined) {
			rows.push(row(moveLine(plan, moveLeader, nameOf, room, theme), 24));
		}
		rows.push(row(tableRow(columns, memberRow(step, String(index + 1), nameOf), theme)));
	});
	for (const left of plan.leftOut) {
		rows.push(row(tableRow(columns, {...memberRow(left, none, nameOf), blocks: none}, theme), 23));
	}
	return rows;
}

function memberRow(step: PlanRow, sign: string, nameOf: NameOf): TableRow {
	return {
		sign,
		member: nameOf(step.memberId),
		role: step.role,
		dbSize: bytesCell(step.dbSizeBytes),
		givesBack: bytesCell(step.reclaimBytes),
		percent: percentCell(step.reclaimRatio),
		blocks: estimateText(step.estimateMs),
		why: step.why,
	};
}

function waitRow(index: number): TableRow {
	const blocks = durationText(cooldownMs);
	return {sign: '', member: 'cooldown', role: '', dbSize: '', givesBack: '', percent: '', blocks, why: `after ${index} ends`};
}

function columnsIn(cells: number, theme: Theme): readonly Column<TableRow>[] {
	const text = (key: keyof TableRow) => (one: TableRow) => span(theme.text(one[key]));
	const wide = cells >= wideCells;
	const fixed: readonly Column<TableRow>[] = [
		{head: '', cells: 1, align: 'right', gap: 0, content: text('sign')},
		{head: 'MEMBER', cells: 12, align: 'left', gap: 2, content: text('member')},
		...(wide ? [{head: 'ROLE', cells: 8, align: 'left', gap: 2, content: text('role')} as const] : []),
		...(wide ? [{head: 'DB SIZE', cells: 8, align: 'right', gap: 2, content: text('dbSize')} as const] : []),
		{head: '', cells: 8, align: 'right', gap: 2, content: text('givesBack')},
		{head: 'GIVES BACK', cells: 4, align: 'right', gap: 1, content: text('percent')},
		{head: 'BLOCKS', cells: 6, align: 'right', gap: 2, content: text('blocks')},
	];
	const used = fixed.reduce((sum, column) => sum + column.cells + column.gap, 0);
	return [...fixed, {head: 'WHY HERE', cells: Math.max(8, cells - used - 2), align: 'left', gap: 2, content: text('why')}];
}

/** `    move leader   etcd-2 → etcd-1              [x]    ~0:02  etcd-1 is small` */
function moveLine({moveLeader: offer}: DefragPlan, on: boolean, nameOf: NameOf, room: Room, theme: Theme): Line {
	const start = [blank(3), span('move leader   ')];
	if (offer?.kind !== 'possible') {
		return [...start, span(theme.text(`no: ${offer?.why ?? 'no other voter'}`))];
	}
	const path = theme.text(`${nameOf(offer.from)} → ${nameOf(offer.to)}`);
	const why = theme.text(`~0:02  ${offer.why}`);
	const box = span(on ? '[x]' : '[ ]', theme.styles.strong);
	const cells = dialogCells(room);
	if (cells < wideCells) {
		return [...start, span(`${path}  `), box];
	}
	// Under BLOCKS, as the other times are, unless the reason is long.
	const spare = cells - lineWidth([...start, span(path), box, span(why)]);
	const gap = Math.max(1, Math.min(4, spare - 1));
	const before = Math.max(1, Math.min(29 - lineWidth([span(path)]), spare - gap));
	return [...start, span(path), blank(before), box, blank(gap), span(why)];
}

function summaryRows(plan: DefragPlan, room: Room, theme: Theme): readonly DialogRow[] {
	if (plan.steps.length === 0) {
		return [];
	}
	const quorum = plan.confirmation.outage
		? 'The cluster stops meanwhile: it is the only voter.'
		: 'One member at a time is silent.';
	const basis = plan.estimateBasis;
	const speed = `${sizeText(basis.bytesPerSecond)}/s`;
	const seen =
		basis.source === 'measured' ? `seen on ${basis.memberName ?? 'this cluster'}` : 'assumed: nothing measured here yet';
	const inUse = Math.max(...plan.steps.map(({inUseBytes}) => inUseBytes));
	const warned = plan.warnings.length > 0 ? [] : textRows('Versions: no known fault of defragmentation.', room, theme, 3);
	return [
		...textRows(`Gives back ${sizeText(plan.reclaimBytes)} in ${estimateText(plan.totalMs)}. ${quorum}`, room, theme, 26).map(
			(one, index) => (index === 0 ? one : {...one, gives: 22}),
		),
		...textRows(`Block time: ${sizeText(inUse)} in use at ${speed}, ${seen}.`, room, theme, 4),
		...warned,
	];
}

function warningRows({text, remedy}: DefragPlan['warnings'][number], room: Room, theme: Theme): readonly DialogRow[] {
	const {styles, symbols} = theme;
	const [first, ...rest] = textRows(remedy === '' ? text : `${text}. ${remedy}`, {columns: room.columns - 2}, theme);
	const sign = span(`${symbols.warning} `, styles.warning);
	const shared = {};
	const rows = [row([sign, ...(first?.line ?? [])], 29), ...rest.map(({line}) => row([blank(2), ...line], 10))];
	return rows.map((one) => ({...one, text: shared}));
}

const gateSigns = {
	pending: {symbol: 'waiting', style: 'plain'},
	passed: {symbol: 'done', style: 'good'},
	failed: {symbol: 'failed', style: 'bad'},
	acknowledge: {symbol: 'warning', style: 'warning'},
} as const;

export function gateRows(
	gates: readonly Gate[],
	room: Room,
	theme: Theme,
	aside = 'asked again before each member',
): readonly DialogRow[] {
	if (gates.length === 0) {
		return [];
	}
	const cells = dialogCells(room);
	const head: Line = [
		span('GATES', theme.styles.dim),
		blank(cells - 5 - aside.length - 1),
		span(cells > 50 ? aside : '', theme.styles.dim),
	];
	const told: Told = (hidden) => [
		span(theme.symbols.done, theme.styles.good),
		span(` ${hidden} gate${hidden === 1 ? '' : 's'} passed, not shown here`),
	];
	return [row(head, 7), ...gates.flatMap((gate) => gateRow(gate, room, theme, told))];
}

const titleCells = 39;

/** What passed gives way first; what holds the step stays whatever it costs. */
function gateRow(gate: Gate, room: Room, theme: Theme, told: Told): readonly DialogRow[] {
	const holds = gate.state === 'failed' || gate.state === 'pending';
	const gives = holds ? undefined : gate.state === 'acknowledge' ? 28 : gate.state === 'unchecked' ? 9 : 8;
	const sign = gateSign(gate, theme);
	const title = theme.text(gate.title);
	const detail = theme.text(gate.detail);
	const padded = title.padEnd(titleCells);
	const line: Line = [sign, span(` ${padded}  ${detail}`)];
	const whole = (first: Line): DialogRow => (gate.state === 'passed' ? {...row(first, gives), told} : row(first, gives));
	if (lineWidth(line) <= dialogCells(room)) {
		return [whole(line)];
	}
	const [first, ...rest] = textRows(`${title}: ${detail}`, {columns: room.columns - 2}, theme);
	const stays = holds || gate.state === 'acknowledge';
	return [
		whole([sign, blank(1), ...(first?.line ?? [])]),
		...rest.map(({line: more}) => row([blank(2), ...more], stays ? gives : 6)),
	];
}

export function gateSign({state}: Pick<Gate, 'state'>, theme: Theme): Span {
	if (state === 'unchecked') {
		return span('!', theme.styles.warning);
	}
	const {symbol, style} = gateSigns[state];
	return span(theme.symbols[symbol], theme.styles[style]);
}

function refusalRows({refusal}: DefragPlan, room: Room, theme: Theme): readonly DialogRow[] {
	if (refusal === undefined) {
		return [];
	}
	const [first, ...rest] = textRows(refusal, {columns: room.columns - 2}, theme);
	return [
		row([span(`${theme.symbols.failed} `, theme.styles.bad), ...(first?.line ?? [])]),
		...rest.map(({line}) => row([blank(2), ...line])),
	];
}

function keys({moveLeader, refusal}: DefragPlan, room: Room, theme: Theme): Line {
	const goOn = dialogCells(room) >= wideCells ? 'go on, when every gate has passed' : 'go on';
	return keysLine(
		[
			['Esc', 'cancel'],
			...(moveLeader?.kind === 'possible' && refusal === undefined ? [['m', 'move leader yes/no'] as const] : []),
			...(refusal === undefined ? [['Enter', goOn] as const] : []),
		],
		theme,
	);
}
