/** How a cluster in Kubernetes is reached: what was found, why the way is not the better one, what is seen of the pods. */

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

/** From here on there is room for a second line. */
const twoLinesFrom = 32;

/** The API's word on the pods is renewed every few seconds: what is older than that tells of an API that does not answer. */
const oldPodsMs = 30_000;

/** Nothing for a cluster that is reached directly. */
export function wayLines({state, columns, terminalRows, theme}: WayLineProps): readonly Line[] {
	const text = wayText(state);
	if (text === '') {
		return [];
	}
	const lines = wrapText(theme.text(text), columns - 2);
	const most = terminalRows >= twoLinesFrom ? 2 : 1;
	const shown = lines.slice(0, most);
	return shown.map((line, index) => {
		const isCut = index === most - 1 && lines.length > most;
		return [span(` ${line}${isCut ? ` ${theme.symbols.ellipsis}` : ''}`, theme.styles.dim)];
	});
}

/** What matters most first: a single line may be all there is. */
function wayText(state: State): string {
	const {connection, pods, now, health} = state;
	const leader = health.leader && podOf(pods, health.leader.id);
	const age = pods === undefined ? 0 : now - pods.at;
	return [
		connection === undefined || connection.kind === 'direct' ? '' : `via ${connection.kind}`,
		age > oldPodsMs ? `pods as they were ${durationText(age)} ago: the API does not answer` : '',
		connection?.notBetter ?? '',
		connection?.found ?? '',
		leader === undefined ? '' : `leader in ${leader.name}`,
	]
		.filter((part) => part !== '')
		.join('; ');
}
