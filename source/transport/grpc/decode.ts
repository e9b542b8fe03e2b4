/** etcd's messages as this program's values. */
import type {Member, MemberId} from '../../domain/member.ts';
import type {MemberStatus} from '../../domain/observation.ts';
import {safeText} from '../safe-text.ts';
import type {RaisedAlarm, SnapshotChunk} from '../transport.ts';
import {type Field, readFields} from './protobuf.ts';

/** A uint64 as etcdctl prints it. */
export function hexId(id: bigint | string): MemberId {
	return BigInt(id).toString(16);
}

/** The way back, for etcd3's requests, which take 64-bit numbers as decimal strings. */
export function decimalId(id: MemberId): string {
	return BigInt(`0x${id}`).toString();
}

/**
 * Decodes a `StatusResponse` by hand: etcd3's protocol file ends with field 10, and etcd 3.6 has three more. Throws RangeError on
 * what is no such message.
 */
export function decodeStatus(message: Uint8Array): MemberStatus {
	const fields = readFields(message);
	const header = readFields(last(fields, 1)?.bytes ?? new Uint8Array());
	const leader = last(fields, 4)?.varint ?? 0n;
	const storageVersion = text(last(fields, 11));
	const quotaBytes = integer(last(fields, 12));
	return {
		clusterId: hexId(last(header, 1)?.varint ?? 0n),
		memberId: hexId(last(header, 2)?.varint ?? 0n),
		revision: integer(last(header, 3)),
		version: text(last(fields, 2)),
		dbSizeBytes: integer(last(fields, 3)),
		dbSizeInUseBytes: integer(last(fields, 9)),
		...(leader === 0n ? {} : {leaderId: hexId(leader)}),
		isLearner: integer(last(fields, 10)) !== 0,
		raftTerm: integer(last(fields, 6)),
		raftIndex: integer(last(fields, 5)),
		raftAppliedIndex: integer(last(fields, 7)),
		errors: fields.filter(({number}) => number === 8).map((field) => text(field)),
		...(storageVersion === '' ? {} : {storageVersion}),
		...(quotaBytes === 0 ? {} : {quotaBytes}),
	};
}

/** One message of a snapshot's stream. By hand too: etcd3 would copy every byte of the database once more. */
export function decodeSnapshot(message: Uint8Array): SnapshotChunk {
	const fields = readFields(message);
	return {bytes: last(fields, 3)?.bytes ?? new Uint8Array(), remainingBytes: integer(last(fields, 2))};
}

/** The last one counts, as protocol buffers have it. */
function last(fields: readonly Field[], wanted: number): Field | undefined {
	return fields.findLast(({number}) => number === wanted);
}

function integer(field: Field | undefined): number {
	return Number(BigInt.asIntN(64, field?.varint ?? 0n));
}

function text(field: Field | undefined): string {
	return safeText(new TextDecoder().decode(field?.bytes));
}

/** Who answered, from a response's header as etcd3 decodes it. */
export type Identity = {readonly clusterId: string; readonly memberId: MemberId};

export type HeaderMessage = {readonly cluster_id: string; readonly member_id: string};

export function decodeIdentity(header: HeaderMessage): Identity {
	return {clusterId: hexId(header.cluster_id), memberId: hexId(header.member_id)};
}

export type MemberMessage = {
	readonly ID: string;
	readonly name: string;
	readonly peerURLs: readonly string[];
	readonly clientURLs: readonly string[];
	readonly isLearner: boolean;
};

export function decodeMember(message: MemberMessage): Member {
	return {
		id: hexId(message.ID),
		name: safeText(message.name),
		isLearner: message.isLearner,
		clientUrls: message.clientURLs.map(safeText),
		peerUrls: message.peerURLs.map(safeText),
	};
}

export type AlarmMessage = {readonly memberID: string; readonly alarm: string};

const alarmNames: Readonly<Record<string, RaisedAlarm['alarm']>> = {Nospace: 'NOSPACE', Corrupt: 'CORRUPT'};

export function decodeAlarm({memberID, alarm}: AlarmMessage): RaisedAlarm {
	return {memberId: hexId(memberID), alarm: alarmNames[alarm] ?? 'UNKNOWN'};
}
