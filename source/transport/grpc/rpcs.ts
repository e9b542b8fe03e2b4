/** The methods of etcd's API that this program uses, with what it sends and reads of them. */
import type {MemberStatus} from '../../domain/observation.ts';
import type {SnapshotChunk} from '../transport.ts';
import {type AlarmMessage, decodeSnapshot, decodeStatus, type HeaderMessage, type MemberMessage} from './decode.ts';
import type {Rpc} from './endpoint-client.ts';

type Answer<T = object> = T & {readonly header: HeaderMessage};

const nothing = {} as const;
type Nothing = typeof nothing;

export const status: Rpc<Nothing, MemberStatus> = {service: 'Maintenance', method: 'Status', decode: decodeStatus};

/** Not linearizable by default since 3.5, never before: it answers without quorum. */
export const memberList: Rpc<Nothing, Answer<{readonly members: readonly MemberMessage[]}>> = {
	service: 'Cluster',
	method: 'MemberList',
};

/** Linearizable by default. */
export const range: Rpc<{readonly key: Buffer; readonly count_only: true}, Answer> = {service: 'KV', method: 'Range'};

type PageRequest = {
	readonly key: Buffer;
	/** A single zero byte: every key from `key` on. Absent: that key alone. */
	readonly range_end?: Buffer;
	readonly limit: string;
	readonly serializable: true;
	readonly keys_only: boolean;
};

type PageAnswer = Answer<{readonly kvs: readonly {readonly key: Buffer; readonly value: Buffer}[]; readonly more: boolean}>;

export const page: Rpc<PageRequest, PageAnswer> = {service: 'KV', method: 'Range'};

export const put: Rpc<{readonly key: Buffer; readonly value: Buffer}, Answer> = {service: 'KV', method: 'Put'};

export const deleteRange: Rpc<{readonly key: Buffer}, Answer> = {service: 'KV', method: 'DeleteRange'};

export const defragment: Rpc<Nothing, Answer> = {service: 'Maintenance', method: 'Defragment'};

/** A stream: the whole database, then its SHA-256. */
export const snapshot: Rpc<Nothing, SnapshotChunk> = {service: 'Maintenance', method: 'Snapshot', decode: decodeSnapshot};

export const moveLeader: Rpc<{readonly targetID: string}, Answer> = {service: 'Maintenance', method: 'MoveLeader'};

type AlarmRequest = {readonly action: 'Get' | 'Deactivate'; readonly memberID: string; readonly alarm: 'None' | 'Nospace'};

export const alarm: Rpc<AlarmRequest, Answer<{readonly alarms: readonly AlarmMessage[]}>> = {
	service: 'Maintenance',
	method: 'Alarm',
};

export const compact: Rpc<{readonly revision: number; readonly physical: true}, Answer> = {service: 'KV', method: 'Compact'};

export const authenticate: Rpc<{readonly name: string; readonly password: string}, Answer<{readonly token: string}>> = {
	service: 'Auth',
	method: 'Authenticate',
};
