/** A Lease that several engines of one test share: versions, conflicts, and refusals as an API has them. */
import type {LeaseRecord} from '../../source/domain/run-lease.ts';
import type {LeasePort} from '../../source/transport/platform.ts';
import {TransportError} from '../../source/transport/transport-error.ts';
import {failure} from '../domain/observations.ts';

export type MemoryLease = {
	readonly port: LeasePort;
	record(): LeaseRecord | undefined;
	/** Another hand writes it. */
	put(record: Omit<LeaseRecord, 'version'>): void;
	delete(): void;
	/** From now on. `silent`: no answer; `no space`: writes are refused; `forbidden`: to us. */
	become(state: 'well' | 'silent' | 'no space' | 'forbidden'): void;
	readonly writes: readonly Omit<LeaseRecord, 'version'>[];
};

export function createMemoryLease(): MemoryLease {
	let record: LeaseRecord | undefined;
	let version = 0;
	let state: Parameters<MemoryLease['become']>[0] = 'well';
	const writes: Omit<LeaseRecord, 'version'>[] = [];

	function put(next: Omit<LeaseRecord, 'version'>): LeaseRecord {
		record = {...next, version: String(++version)};
		return record;
	}

	function answer(): void {
		if (state === 'silent') {
			throw new TransportError(failure('timed-out'));
		}
	}

	return {
		port: {
			where: 'Lease openshift-etcd/etcdtop',
			async whyNot() {
				answer();
				return state === 'forbidden' ? 'you may not update leases' : undefined;
			},
			async read() {
				answer();
				return record;
			},
			async write(next, over) {
				answer();
				if (state === 'no space' || state === 'forbidden') {
					return {kind: 'refused', why: state};
				}
				if (record?.version !== over) {
					return {kind: 'conflict'};
				}
				writes.push(next);
				return {kind: 'written', record: put(next)};
			},
		},
		record: () => record,
		put,
		delete() {
			record = undefined;
		},
		become(next) {
			state = next;
		},
		writes,
	};
}
