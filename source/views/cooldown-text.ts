/** Why nothing can be defragmented now, where no run tells it: the keys for it are not offered meanwhile. */
import {isOver} from '../domain/defrag-run.ts';
import type {State} from '../engine/state.ts';
import {timeNotBefore} from '../format.ts';
import type {ViewId} from './view.ts';

/** A time of day, not a countdown: it is read once, and an unchanged cluster sends nothing. */
export function cooldownText({cooldown, run, readOnly, members, now, wallOffsetMs}: State, view: ViewId): string | undefined {
	const isToldByRun = run !== undefined && (!isOver(run) || view === 'run');
	if (readOnly || isToldByRun || members.length === 0) {
		return undefined;
	}
	if (cooldown.kind === 'blocked') {
		return `no defragmentation can start: ${cooldown.why}`;
	}
	if (cooldown.kind !== 'cooling' || cooldown.until <= now) {
		return undefined;
	}
	return `cooldown until ${timeNotBefore(cooldown.until + wallOffsetMs)}: ${cooldown.why}`;
}
