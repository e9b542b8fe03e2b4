/** One transport speaks of one cluster: what was decided for it must never be carried out on another one that took its place. */
import type {Membership} from '../../domain/member.ts';
import {TransportError} from '../transport-error.ts';

/** Throws `TransportError` `wrong-identity` where it is another cluster that answers now. */
export function expectSameCluster(
	{clusterId}: Pick<Membership, 'clusterId'>,
	known: Pick<Membership, 'clusterId'> | undefined,
): void {
	if (known !== undefined && clusterId !== known.clusterId) {
		throw new TransportError({
			kind: 'wrong-identity',
			message: `another cluster answers now, ${clusterId} instead of ${known.clusterId}`,
			nextStep: 'Where that is meant, as after a restore, start etcdtop anew.',
		});
	}
}
