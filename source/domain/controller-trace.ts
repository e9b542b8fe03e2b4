/** When a defragmentation by OpenShift's own controller ended, on our uptime clock: it counts in the cooldown as anybody's does. */
import type {DefragControllerEvent} from './surroundings.ts';

/** The event's time and the API server's come from clocks of two machines; NTP keeps those of a control plane closer than this. */
export const clockDoubtMs = 60_000;

/** An attempt that told of no end for this long has had one: the controller itself gives up after a minute. */
export const attemptMaximumMs = 10 * 60_000;

export type ControllerTrace = {
	/** Of the event. */
	readonly id: string;
	/** Uptime ms. */
	readonly firstSeenAt: number;
	/** Uptime ms; never earlier than it was. */
	readonly endedAt: number;
};

/** `before`: what was known; the end of an event that was seen already stays where it was. */
export function traceController(
	before: ControllerTrace | undefined,
	last: DefragControllerEvent | undefined,
	now: number,
): ControllerTrace | undefined {
	if (last === undefined) {
		return before;
	}
	const {id, what, ageMs} = last;
	const firstSeenAt = before?.id === id ? before.firstSeenAt : now;
	// By our clock too: where another one is wrong it may be young for ever.
	if (what === 'Attempt' && Math.max(ageMs, now - firstSeenAt) < attemptMaximumMs) {
		return {id, firstSeenAt, endedAt: now};
	}
	if (before?.id === id) {
		return before;
	}
	const endedAt = now - Math.max(0, ageMs - clockDoubtMs);
	return {id, firstSeenAt, endedAt: Math.max(endedAt, before?.endedAt ?? endedAt)};
}
