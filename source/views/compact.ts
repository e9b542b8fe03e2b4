/** Compacting: to the newest revision that is old enough, or to the head. Each then asks for its word. */
import {type Dialog, keysLine, type Room, row, textRows} from '../components/dialog.ts';
import {emptyLine, span} from '../components/line.ts';
import type {CompactPlan} from '../domain/compact.ts';
import {compactKeepMs} from '../domain/defrag-policy.ts';
import type {State} from '../engine/state.ts';
import {durationText, sizeText} from '../format.ts';
import type {Theme} from '../theme.ts';
import {buttonRows} from './quit.ts';

type Choice = 'cancel' | 'target' | 'head';

export function compactDialog(state: State, focus: Choice, choices: readonly Choice[], room: Room, theme: Theme): Dialog {
	const plan = state.compactPlan;
	const title = 'Compact old revisions';
	if (plan === undefined) {
		const asking = [span(`${theme.symbols.waiting} asking for the revisions`)];
		return {title, aside: state.clusterName, rows: [row(asking), row(keysLine([['Esc', 'cancel']], theme))]};
	}
	const labels: Record<Choice, string> = {
		cancel: 'Cancel',
		target: `To ${plan.target?.revision ?? ''}`,
		head: `To the head, ${plan.headRevision}`,
	};
	return {
		title,
		aside: state.clusterName,
		rows: [
			...textRows(`${sizeText(plan.inUseBytes)} is in use at revision ${plan.headRevision}.`, room, theme),
			...textRows(`${theme.symbols.arrow} ${targetText(plan, state.now)}`, room, theme),
			...textRows('To the head: watchers that are behind and paged lists must list again.', room, theme, 3),
			...textRows('Files do not shrink by it: defragment afterwards. It can not be undone.', room, theme, 2),
			...(plan.refusal === undefined
				? []
				: textRows(`${theme.symbols.failed} ${plan.refusal}`, room, theme, undefined, theme.styles.bad)),
			row(emptyLine, 1),
			...buttonRows(
				choices.map((id) => ({id, label: labels[id]})),
				focus,
				room,
				theme,
			),
		],
	};
}

function targetText({target, targetAt}: CompactPlan, now: number): string {
	const keep = durationText(compactKeepMs);
	if (target !== undefined) {
		return `Revision ${target.revision} is ${durationText(target.ageMs)} old: the newest that nobody who keeps up needs.`;
	}
	const left = targetAt === undefined ? '' : ` That takes ${durationText(Math.max(0, targetAt - now))} more.`;
	return `No revision is known to be ${keep} old yet: etcd does not tell, it has to be watched.${left}`;
}
