/** A backup on a control-plane host: which one, with its gates as they tick off. It asks nothing: Enter leads on to the confirmation. */
import {type Dialog, type DialogRow, keysLine, type Room, row, textRows} from '../components/dialog.ts';
import {blank, emptyLine, span} from '../components/line.ts';
import {hostBackupConsequences} from '../domain/host-backup-consequences.ts';
import type {LeftPod} from '../domain/host-backup-run.ts';
import type {State} from '../engine/state.ts';
import type {Theme} from '../theme.ts';
import {gateRows} from './plan.ts';

export function hostBackupDialog({hostBackupPlan: plan, clusterName}: State, room: Room, theme: Theme): Dialog {
	const title = 'Back up on a host: the plan';
	if (plan === undefined) {
		const asking = [span(`${theme.symbols.waiting} asking the Kubernetes API`)];
		return {title, aside: clusterName, rows: [row(asking), row(keysLine([['Esc', 'cancel']], theme))]};
	}
	const {choice, gates, leftovers, refusal, request} = plan;
	const apart = request.resourcesDirectory !== undefined;
	const meaning = choice.kind === 'chosen' ? hostBackupConsequences(plan, choice.node) : [];
	return {
		title,
		aside: clusterName,
		rows: [
			...meaning.flatMap((text, index) =>
				textRows(text.replace(' (--kuberesources-dir DIRECTORY)', ''), room, theme, 26 - index),
			),
			row(emptyLine, 1),
			...gateRows(gates, room, theme, 'asked again when it begins'),
			...leftovers.flatMap((one) => leftRows(one, room, theme)),
			...(refusal === undefined || gates.some(({state}) => state === 'failed')
				? []
				: textRows(`${theme.symbols.failed} ${refusal}`, room, theme, undefined, theme.styles.bad)),
			row(
				keysLine(
					[
						['Esc', 'cancel'],
						['k', apart ? 'archive beside the snapshot' : 'archive apart'],
						...(leftovers.length > 0 ? [['r', 'remove what was left'] as const] : []),
						...(refusal === undefined ? [['Enter', 'go on'] as const] : []),
					],
					theme,
				),
			),
		],
	};
}

function leftRows({what, node, operator, isRunning}: LeftPod, room: Room, theme: Theme): readonly DialogRow[] {
	const [first, ...rest] = textRows(
		`${what}, on ${node}, by ${operator}: ${isRunning ? 'still running' : 'left behind, ended'}`,
		{columns: room.columns - 2},
		theme,
	);
	return [
		row([span(`${theme.symbols.warning} `, theme.styles.warning), ...(first?.line ?? [])], 27),
		...rest.map(({line}) => row([blank(2), ...line], 27)),
	];
}
