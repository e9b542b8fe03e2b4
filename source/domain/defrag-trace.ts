/** What a member's own figures tell of a defragmentation that was not started here: that one is going on, and what it gave. */
import {shrinkTraceRatio} from './defrag-policy.ts';
import type {MemberMetrics, MemberStatus} from './observation.ts';

/** Who did it, where it is only known by its traces; of others the journal has the name. */
export const anotherTool = 'another tool';

/** The last figures of a member, however old. `at`: uptime ms of the answer. */
export type Look = {
	readonly status?: {readonly at: number; readonly value: MemberStatus};
	readonly metrics?: {readonly at: number; readonly value: MemberMetrics};
	/** No metrics can be had now, so that only the size of the file can tell. */
	readonly metricsFailed: boolean;
};

export type DefragTrace =
	| {readonly kind: 'none'}
	| {readonly kind: 'inflight'}
	| {
			readonly kind: 'ended';
			readonly at: number;
			readonly evidence: 'in flight' | 'count' | 'size';
			readonly countBefore?: number;
			readonly countAfter?: number;
			/** By the member's own watch, where it has one. */
			readonly durationMs?: number;
	  };

/** From the first trace to the size afterwards; what was not seen is absent. */
export type ForeignDefragmentation = {
	/** Since when it was seen in flight. */
	readonly since?: number;
	/** The size of its file. */
	readonly before?: number;
	readonly ended?: Extract<DefragTrace, {readonly kind: 'ended'}>;
	/** With it, all is known. */
	readonly after?: number;
};

/** The same process prints the same start, but for the last digits where its machine's clock is being corrected. */
const sameStartSeconds = 1;

export function isSameProcess(a: MemberMetrics, b: MemberMetrics): boolean {
	return Math.abs((a.processStartSeconds ?? 0) - (b.processStartSeconds ?? 0)) <= sameStartSeconds;
}

/** What happened between two looks at one member. */
export function trace(previous: Look, current: Look): DefragTrace {
	const was = previous.metrics?.value;
	const is = current.metrics?.value;
	if ((is?.defragInflight ?? 0) > 0) {
		return {kind: 'inflight'};
	}
	if (was !== undefined && is !== undefined && current.metrics !== undefined && isSameProcess(was, is)) {
		const at = current.metrics.at;
		if (was.defragCount !== undefined && is.defragCount !== undefined && is.defragCount > was.defragCount) {
			const durationMs = ((is.defragSecondsSum ?? 0) - (was.defragSecondsSum ?? 0)) * 1000;
			const counts = {countBefore: was.defragCount, countAfter: is.defragCount};
			return {kind: 'ended', at, evidence: 'count', ...counts, ...(durationMs > 0 ? {durationMs} : {})};
		}
		if ((was.defragInflight ?? 0) > 0) {
			return {kind: 'ended', at, evidence: 'in flight'};
		}
	}
	return traceOfSize(previous, current);
}

function traceOfSize(previous: Look, current: Look): DefragTrace {
	const before = previous.status?.value.dbSizeBytes;
	const after = current.status;
	const isCounted = current.metrics?.value.defragCount !== undefined && !current.metricsFailed;
	if (isCounted || before === undefined || after === undefined || after.value.dbSizeBytes >= before * (1 - shrinkTraceRatio)) {
		return {kind: 'none'};
	}
	return {kind: 'ended', at: after.at, evidence: 'size'};
}

/** One look further. A complete one (with `after`) is told once and gone with the next look. */
export function advanceForeign(
	foreign: ForeignDefragmentation | undefined,
	previous: Look,
	current: Look,
): ForeignDefragmentation | undefined {
	const open = foreign?.after === undefined ? foreign : undefined;
	const found = trace(previous, current);
	const sizeBefore = previous.status?.value.dbSizeBytes ?? current.status?.value.dbSizeBytes;
	const before = sizeBefore === undefined ? {} : {before: sizeBefore};
	if (found.kind === 'inflight') {
		return open?.ended === undefined && open !== undefined ? open : {since: current.metrics?.at ?? 0, ...before};
	}
	if (found.kind === 'ended') {
		return completed({...before, ...open, ended: found}, current);
	}
	if (open?.ended === undefined) {
		// Whatever was in flight went with its process.
		return isRestarted(previous, current) ? undefined : open;
	}
	return completed(open, current);
}

function isRestarted(previous: Look, current: Look): boolean {
	const [was, is] = [previous.metrics?.value, current.metrics?.value];
	return was !== undefined && is !== undefined && !isSameProcess(was, is);
}

/** The size counts only from a Status that came after the end. */
function completed(foreign: ForeignDefragmentation, {status}: Look): ForeignDefragmentation {
	const {ended} = foreign;
	const isLater = ended !== undefined && status !== undefined && (status.at > ended.at || ended.evidence === 'size');
	return isLater ? {...foreign, after: status.value.dbSizeBytes} : foreign;
}

/** How long it took: by the member's own watch, else as long as it was seen in flight. */
export function foreignDurationMs({since, ended}: ForeignDefragmentation): number | undefined {
	return ended?.durationMs ?? (since === undefined || ended === undefined ? undefined : ended.at - since);
}
