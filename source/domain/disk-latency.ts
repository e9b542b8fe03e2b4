/**
 * How fast a member's disk is now. Its histograms count since the process started, so that an hour of trouble last week would
 * be told for ever and a trouble of this minute hardly at all: what is told is what was counted in the last minutes.
 */
import {countedSince, quantile} from './histogram.ts';
import type {Histogram, MemberMetrics} from './observation.ts';

export type DiskSample = {
	/** Uptime ms. */
	readonly at: number;
	readonly walFsync?: Histogram;
	readonly backendCommit?: Histogram;
};

export type DiskLatency = {readonly walFsyncP99Ms?: number; readonly backendCommitP99Ms?: number};

const sampleEveryMs = 60_000;

/** Five minutes: one stall is forgotten soon, and the mixin's alerts look at as much. */
const samplesKept = 6;

/** Of fewer, the 99th percentile is only the slowest one. */
const minimumCount = 20;

/** The samples with one more, if the last is a minute old. */
export function keepDiskSample(samples: readonly DiskSample[], at: number, metrics: MemberMetrics): readonly DiskSample[] {
	const last = samples.at(-1);
	if (last !== undefined && at - last.at < sampleEveryMs) {
		return samples;
	}
	const {walFsync, backendCommit} = metrics;
	const sample = {at, ...(walFsync === undefined ? {} : {walFsync}), ...(backendCommit === undefined ? {} : {backendCommit})};
	return [...samples, sample].slice(-samplesKept);
}

/** The 99th percentiles since the oldest sample. A figure that can't be told is absent. */
export function diskLatency(samples: readonly DiskSample[], metrics: MemberMetrics): DiskLatency {
	const oldest = samples[0];
	const walFsyncP99Ms = recentP99Ms(metrics.walFsync, oldest?.walFsync);
	const backendCommitP99Ms = recentP99Ms(metrics.backendCommit, oldest?.backendCommit);
	return {
		...(walFsyncP99Ms === undefined ? {} : {walFsyncP99Ms}),
		...(backendCommitP99Ms === undefined ? {} : {backendCommitP99Ms}),
	};
}

function recentP99Ms(now: Histogram | undefined, before: Histogram | undefined): number | undefined {
	if (now === undefined || before === undefined) {
		return undefined;
	}
	const recent = countedSince(now, before);
	const p99 = recent.count < minimumCount ? undefined : quantile(recent, 0.99);
	return p99 === undefined ? undefined : p99 * 1000;
}
