import {setTimeout as delay} from 'node:timers/promises';
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
	// Pages that a compaction freed can be given back once later writes have been committed.
	for (let index = 0; index < 20; index++) {
		await member.call('/v3/kv/put', {key: key(0), value: ''});
		await delay(50);
	}
}
