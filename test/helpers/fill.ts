import {setTimeout as delay} from 'node:timers/promises';
import {statusOf} from '../../source/demo/member-status.ts';
import type {Cluster} from './cluster.ts';

/** Writes keys and drops their history, so that every member's file has free pages to give back. */
export async function fragment(
	cluster: Cluster,
	{writes = 60, bytes = 100_000}: {readonly writes?: number; readonly bytes?: number} = {},
): Promise<void> {
	const member = cluster.members[0];
	if (member === undefined) {
		throw new Error('no member');
	}
	const value = Buffer.alloc(bytes, 'x').toString('base64');
	const key = (index: number) => Buffer.from(`key-${index}`).toString('base64');
	let revision = 0;
	for (let index = 0; index < writes; index++) {
		const answer = await member.call('/v3/kv/put', {key: key(index % 5), value});
		revision = Number((answer['header'] as {revision: string}).revision);
	}
	await member.call('/v3/kv/compaction', {revision: String(revision), physical: true});
	// Each member compacts by itself, and its pages can be given back once later writes have been committed.
	const deadline = performance.now() + freedTimeoutMs;
	for (;;) {
		await member.call('/v3/kv/put', {key: key(0), value: ''});
		const sizes = await Promise.all(cluster.members.map(statusOf));
		if (sizes.every(({dbSizeBytes, dbSizeInUseBytes}) => dbSizeInUseBytes < dbSizeBytes / 4)) {
			return;
		}
		if (performance.now() > deadline) {
			throw new Error(`no pages were freed: ${JSON.stringify(sizes)}`);
		}
		await delay(50);
	}
}

const freedTimeoutMs = 30_000;

const MiB = 1024 * 1024;

export function put(cluster: Cluster, key: string, value: Buffer = Buffer.from('x')): Promise<unknown> {
	const request = {key: Buffer.from(key).toString('base64'), value: value.toString('base64')};
	return cluster.members[0]?.call('/v3/kv/put', request) ?? Promise.reject(new Error('no member'));
}

/** What a full cluster is started with: filled within seconds. */
export const smallQuotaBytes = 16 * MiB;

/** Writes new keys as Kubernetes names them until etcd refuses: a real NOSPACE without any history. */
export async function fillUpWithNewKeys(cluster: Cluster): Promise<void> {
	// Thirteen pages with what etcd writes beside it: hardly any room is lost.
	const value = Buffer.alloc(52_900, 'x');
	for (let index = 0; index < 2000; index++) {
		try {
			await put(cluster, `/registry/pods/default/web-${index}`, value);
		} catch (error) {
			if (/database space exceeded/.test(String(error))) {
				return;
			}
			throw error;
		}
	}
	throw new Error('the quota was never reached');
}

/** Overwrites a few keys until etcd refuses: a real NOSPACE, and nearly all of the file is history. */
export async function fillUp(cluster: Cluster): Promise<void> {
	const value = Buffer.alloc(200_000, 'x');
	for (let index = 0; index < 200; index++) {
		try {
			await put(cluster, `key-${index % 5}`, value);
		} catch {
			return;
		}
	}
	throw new Error('the quota was never reached');
}
