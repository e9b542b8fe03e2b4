import {type Member, memberLabel} from '../../domain/member.ts';
import {TransportError} from '../transport-error.ts';
import type {Target} from './calls.ts';
import type {Identity} from './decode.ts';
import {endpointOf} from './ways.ts';

/** The connection on which one member is asked. Throws `TransportError` where no way to it is known. */
export function memberTarget(member: Member): Target {
	const endpoint = endpointOf(member);
	return {endpoint, key: `${member.id} ${endpoint.url}`, member: memberLabel(member)};
}

/** Throws `TransportError` `wrong-identity` unless it was the expected member, or one of the expected cluster, that answered. */
export function expectIdentity(actual: Partial<Identity>, expected: Partial<Identity>, {endpoint, member}: Target): void {
	const isOtherCluster = isOther(actual.clusterId, expected.clusterId);
	if (!isOtherCluster && !isOther(actual.memberId, expected.memberId)) {
		return;
	}
	throw new TransportError({
		kind: 'wrong-identity',
		message: isOtherCluster
			? `answered as a member of another cluster, ${actual.clusterId}`
			: `answered as member ${actual.memberId} instead of ${expected.memberId}`,
		nextStep: 'Give endpoints that lead to one member each, of one cluster.',
		endpoint: endpoint.url,
		...(member !== undefined && {member}),
	});
}

function isOther(actual: string | undefined, expected: string | undefined): boolean {
	return actual !== undefined && expected !== undefined && actual !== expected;
}
