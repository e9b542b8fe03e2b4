/** The flags of a backup on a control-plane host, into one checked record. */
import {defaultHostDirectory, hostDirectoryFault} from '../domain/host-backup.ts';
import {UsageError} from '../usage-error.ts';
import type {Reader} from './reader.ts';

export type HostBackupOptions = {
	/** A snapshot over etcd's own RPC, also where OpenShift's script could be had. */
	readonly rpc: boolean;
	readonly host?: string;
	readonly hostDirectory: string;
	/** On the host only. */
	readonly leave: boolean;
	readonly resourcesDirectory?: string;
	readonly allowPartial: boolean;
};

export function hostBackupOptionsFrom(read: Reader): HostBackupOptions {
	const host = read.text('host');
	const resourcesDirectory = read.text('kuberesources-dir');
	const hostDirectory = read.text('host-dir') ?? defaultHostDirectory;
	const fault = hostDirectoryFault(hostDirectory);
	if (fault !== undefined) {
		throw new UsageError(`--host-dir is "${hostDirectory}"; ${fault}.`);
	}
	return {
		rpc: read.isSet('rpc'),
		hostDirectory: hostDirectory.replace(/\/+$/, ''),
		leave: read.isSet('leave'),
		allowPartial: read.isSet('allow-partial'),
		...(host !== undefined && {host}),
		...(resourcesDirectory !== undefined && {resourcesDirectory}),
	};
}
