import type {MemberStatus} from '../../domain/observation.ts';
import {TransportError} from '../transport-error.ts';
import type {Target} from './calls.ts';

/** Older ones report neither the size in use nor learners. */
const oldest = {major: 3, minor: 4};

/** Throws `TransportError` for a status that no etcd 3.4 or later gave. */
export function refuseOldVersion({version}: MemberStatus, {endpoint, member}: Target): void {
	const where = {endpoint: endpoint.url, ...(member !== undefined && {member})};
	const [, major, minor] = /^(\d+)\.(\d+)\./.exec(version)?.map(Number) ?? [];
	if (major === undefined || minor === undefined) {
		throw new TransportError({
			kind: 'not-etcd',
			message: 'it answers without a version of etcd',
			nextStep: 'Check the port: clients of etcd usually use 2379.',
			...where,
		});
	}
	if (major < oldest.major || (major === oldest.major && minor < oldest.minor)) {
		throw new TransportError({
			kind: 'unsupported',
			message: `etcd ${version} is older than ${oldest.major}.${oldest.minor}`,
			nextStep: `Upgrade it to ${oldest.major}.${oldest.minor} or later first.`,
			...where,
		});
	}
}
