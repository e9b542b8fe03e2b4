/** How a cluster in Kubernetes is reached: what was found, why the way is not the better one, what is seen of the pods; and what to do when it is broken. */

import {type Line, span} from '../components/line.ts';
import {podOf} from '../domain/pod.ts';
import {durationText} from '../domain/text.ts';
import type {State} from '../engine/state.ts';
import {wrapText} from '../format.ts';
import type {Theme} from '../theme.ts';

export type WayLineProps = {
	readonly state: State;
	readonly columns: number;
	readonly terminalRows: number;
	readonly theme: Theme;
};

/** From here on there is room for a second line; from there on also for one that only says where. */
const twoLinesFrom = 24;
const roomyFrom = 32;

/** Nothing else is to be seen then, and the way out stands at the end. */
const linesWhenLost = 6;

/** The API's word on the pods is renewed every few seconds: what is older than that tells of an API that does not answer. */
const oldPodsMs = 30_000;

/** Nothing for a cluster that is reached directly. */
export function wayLines(props: WayLineProps): readonly Line[] {
	const {state, columns, terminalRows, theme} = props;
	if (state.wayLost !== undefined) {
		return lostLines(state, state.wayLost, props);
	}
	const cells = columns - 2;
	const most = terminalRows >= twoLinesFrom ? 2 : 1;
	const [whole, short] = [true, false].map((isWhole) => wrapText(theme.text(wayText(state, isWhole)), cells)) as [
		string[],
		string[],
	];
	const rowsForWhole = terminalRows >= roomyFrom || short.length > 1 ? most : 1;
	const lines = whole.length <= rowsForWhole ? whole : short;
	return lines
		.filter((line) => line !== '')
		.slice(0, most)
		.map((line, index) => {
			const isCut = index === most - 1 && lines.length > most;
			return [span(` ${line}${isCut ? ` ${theme.symbols.ellipsis}` : ''}`, theme.styles.dim)];
		});
}

/** Behind a permission: what was found says where. */
const inNamespace = / in [a-z0-9-]+(?=,| and |$)/g;

/** What matters most first: a single line may be all there is. */
function wayText(state: State, isWhole: boolean): string {
	const {connection, pods, now, health} = state;
	const leader = health.leader && podOf(pods, health.leader.id);
	const age = pods === undefined ? 0 : now - pods.at;
	const {found = '', notBetter = ''} = connection ?? {};
	return [
		connection === undefined || connection.kind === 'direct' ? '' : `via ${connection.kind}`,
		age > oldPodsMs ? `pods as they were ${durationText(age)} ago: the API does not answer` : '',
		isWhole ? notBetter : notBetter.replaceAll(inNamespace, ''),
		isWhole ? found : found.replace(/ \([^()]*\)$/, ''),
		leader === undefined ? '' : `leader in ${leader.name}`,
	]
		.filter((part) => part !== '')
		.join('; ');
}

function lostLines(
	{connection, now}: State,
	{since, why, nextStep}: NonNullable<State['wayLost']>,
	{columns, theme}: WayLineProps,
): readonly Line[] {
	const {symbols, styles} = theme;
	const happened = `etcd is not seen for ${durationText(now - since)}, which says nothing of etcd itself: ${why}.`;
	const otherwise = connection?.otherwise === undefined ? '' : `Without it: ${connection.otherwise}`;
	const texts = [happened, nextStep, otherwise].filter((text) => text !== '');
	return texts
		.flatMap((text, index) =>
			wrapText(theme.text(text), columns - 4).map(
				(line, row): Line => [
					span(index === 0 && row === 0 ? ` ${symbols.failed} ` : '   ', styles.bad),
					span(line, index === texts.length - 1 ? styles.strong : ''),
				],
			),
		)
		.slice(0, linesWhenLost);
}
