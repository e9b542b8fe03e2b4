/** What etcdctl prints with `--write-out=json`, as this program's values. */
import type {Member} from '../../domain/member.ts';
import type {MemberStatus} from '../../domain/observation.ts';
import {hexId, type Identity} from '../grpc/decode.ts';
import {safeText} from '../safe-text.ts';
import type {RaisedAlarm} from '../transport.ts';
import {TransportError} from '../transport-error.ts';

/** JSON with every whole number as a BigInt: ids have 64 bits. Throws `TransportError` for what is no JSON. */
export function readJson(text: string): unknown {
	// Newer than the types: the third argument holds the number as it is written.
	const exact = (_key: string, value: unknown, context?: {readonly source?: string}) =>
		typeof value === 'number' && /^-?\d+$/.test(context?.source ?? '') ? BigInt(context!.source!) : value;
	try {
		return JSON.parse(text, exact as (key: string, value: unknown) => unknown);
	} catch (error) {
		const message = `etcdctl printed no JSON, but "${safeText(text.slice(0, 80))}"`;
		throw new TransportError({kind: 'not-etcd', message, nextStep: 'Look which etcdctl is in the container.'}, error);
	}
}

/** What `read` makes of the JSON. Throws `TransportError` for JSON that is nothing of the kind. */
function readAs<T>(text: string, read: (value: unknown) => T): T {
	const value = readJson(text);
	try {
		return read(value);
	} catch (error) {
		const message = `etcdctl printed other JSON than was asked for: "${safeText(text.slice(0, 80))}"`;
		throw new TransportError({kind: 'not-etcd', message, nextStep: 'Look which etcdctl is in the container.'}, error);
	}
}

type Header = {readonly cluster_id?: bigint; readonly member_id?: bigint; readonly revision?: bigint};

export type StatusEntry = {readonly endpoint: string; readonly status: MemberStatus};

/** What `endpoint status` printed: those endpoints that answered. */
export function readStatuses(text: string): StatusEntry[] {
	type Entry = {readonly Endpoint: string; readonly Status: Readonly<Record<string, unknown>>};
	return readAs(text, (entries) =>
		((entries as readonly Entry[] | null) ?? []).map(({Endpoint, Status}) => ({endpoint: Endpoint, status: readStatus(Status)})),
	);
}

function readStatus(message: Readonly<Record<string, unknown>>): MemberStatus {
	const header = (message.header ?? {}) as Header;
	const number = (field: string): number => Number((message[field] as bigint | undefined) ?? 0n);
	const leader = (message.leader as bigint | undefined) ?? 0n;
	const storageVersion = safeText(String(message.storageVersion ?? ''));
	const quotaBytes = number('dbSizeQuota');
	return {
		clusterId: hexId(header.cluster_id ?? 0n),
		memberId: hexId(header.member_id ?? 0n),
		revision: Number(header.revision ?? 0n),
		version: safeText(String(message.version ?? '')),
		dbSizeBytes: number('dbSize'),
		dbSizeInUseBytes: number('dbSizeInUse'),
		...(leader === 0n ? {} : {leaderId: hexId(leader)}),
		isLearner: message.isLearner === true,
		raftTerm: number('raftTerm'),
		raftIndex: number('raftIndex'),
		raftAppliedIndex: number('raftAppliedIndex'),
		errors: ((message.errors as readonly unknown[] | undefined) ?? []).map((error) => safeText(String(error))),
		...(storageVersion === '' ? {} : {storageVersion}),
		...(quotaBytes === 0 ? {} : {quotaBytes}),
	};
}

export function readIdentity(text: string): Identity {
	return readAs(text, (value) => {
		const {header = {}} = value as {readonly header?: Header};
		return {clusterId: hexId(header.cluster_id ?? 0n), memberId: hexId(header.member_id ?? 0n)};
	});
}

export function readMembers(text: string): Member[] {
	type Entry = {
		readonly ID: bigint;
		readonly name?: string;
		readonly peerURLs?: readonly string[];
		readonly clientURLs?: readonly string[];
		readonly isLearner?: boolean;
	};
	return readAs(text, (value) =>
		((value as {readonly members?: readonly Entry[]}).members ?? []).map(
			({ID, name = '', peerURLs, clientURLs, isLearner = false}) => ({
				id: hexId(ID),
				name: safeText(name),
				isLearner,
				clientUrls: (clientURLs ?? []).map(safeText),
				peerUrls: (peerURLs ?? []).map(safeText),
			}),
		),
	);
}

const alarmNames: Readonly<Record<string, RaisedAlarm['alarm']>> = {1: 'NOSPACE', 2: 'CORRUPT'};

export function readAlarms(text: string): RaisedAlarm[] {
	type Entry = {readonly memberID?: bigint; readonly alarm?: bigint};
	return readAs(text, (value) =>
		((value as {readonly alarms?: readonly Entry[]}).alarms ?? []).map(({memberID, alarm}) => ({
			memberId: hexId(memberID ?? 0n),
			alarm: alarmNames[String(alarm)] ?? 'UNKNOWN',
		})),
	);
}
