/** The stories that the demo tells: each is a real state of a real cluster. */
import {setTimeout as sleep} from 'node:timers/promises';
import type {Cluster} from './cluster.ts';
import type {ClusterMember} from './cluster-member.ts';
import {followerOf, statusOf} from './member-status.ts';
import type {Writer} from './writer.ts';

const mebibyte = 1024 * 1024;

/** Small enough to be filled in seconds. */
export const demoQuotaBytes = 64 * mebibyte;

export type ScenarioId = 'steady' | 'fragmented' | 'nospace' | 'slow-disk' | 'member-down' | 'single';

export type Scenario = {
	/** For the help text. */
	readonly title: string;
	readonly members: 1 | 3;
	/** Which member is going to be the sick one; the writer keeps away from it. */
	readonly sick?: (cluster: Cluster) => Promise<ClusterMember>;
	/** Brings the cluster into its state before anybody looks; what it returns, if anything, stops what it started. */
	readonly prepare?: (stage: Stage) => Promise<(() => void) | undefined>;
};

export type Stage = {
	readonly cluster: Cluster;
	readonly writer: Writer;
	readonly sick: ClusterMember | undefined;
	/** Aborts when nobody wants to look any more. */
	readonly signal: AbortSignal;
};

export const scenarios: Readonly<Record<ScenarioId, Scenario>> = {
	steady: {title: 'three healthy members, a writer, some fragmentation that comes and goes', members: 3},
	fragmented: {
		title: 'most of each file is free space that only a defragmentation gives back',
		members: 3,
		prepare: fragment,
	},
	nospace: {
		title: 'the quota is used up, a NOSPACE alarm stands and every write is refused',
		members: 3,
		async prepare({writer}) {
			await writer.populate();
			await writer.fill();
			return undefined;
		},
	},
	'slow-disk': {title: 'one follower stalls again and again', members: 3, sick: followerOf, prepare: stall},
	'member-down': {
		title: 'one follower has been killed',
		members: 3,
		sick: followerOf,
		async prepare({sick}) {
			await sick?.kill();
			return undefined;
		},
	},
	single: {title: 'a single member, which every defragmentation takes away for a while', members: 1},
};

/** Above 65 % of the quota, where the first alert stands. */
const fragmentedHistoryBytes = 0.72 * demoQuotaBytes;
const freedTimeoutMs = 15_000;

/** Writes history and compacts it away. Each member does that by itself, and its pages are free with the write after: wait for both. */
async function fragment({cluster, writer, signal}: Stage): Promise<undefined> {
	await writer.write(fragmentedHistoryBytes);
	await writer.compact();
	const deadline = performance.now() + freedTimeoutMs;
	while (!signal.aborted && performance.now() < deadline) {
		await writer.write(1);
		const sizes = await Promise.all(cluster.members.map(statusOf));
		if (sizes.every(({dbSizeBytes, dbSizeInUseBytes}) => dbSizeInUseBytes < dbSizeBytes / 4)) {
			return;
		}
		await sleep(100);
	}
}

/** Median wait of a question some 0.7 s, above the limit of 0.5 s; the longest 1.5 s, within the deadline of a poll. */
const stalledMs = 1500;
const runningMs = 100;

/**
 * A disk that hangs stops etcd where it waits for it; stopping the process again and again looks the same from outside: answers
 * come late, its log falls behind and catches up. It needs no rights, and no disk that is slow. A follower, and its election
 * timer stands still with it, so leadership stays where it is.
 */
async function stall({sick: member}: Stage): Promise<() => void> {
	let timer: NodeJS.Timeout;
	let frozen = false;
	const turn = (): void => {
		if (member?.running) {
			frozen = !frozen;
			frozen ? member.freeze() : member.thaw();
		}
		timer = setTimeout(turn, frozen ? stalledMs : runningMs);
	};
	turn();
	return () => {
		clearTimeout(timer);
		if (member?.running) {
			member.thaw();
		}
	};
}
