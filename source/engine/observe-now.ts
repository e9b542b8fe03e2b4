import type {Membership} from '../domain/member.ts';
import type {Observation} from '../domain/observation.ts';
import type {CallOptions, Transport} from '../transport/transport.ts';
import {ask} from './ask.ts';
import type {Clock} from './clock.ts';

/** Asks every member Status and metrics, now and side by side. A silent one is a failure in it, after `timeoutMs`. */
export async function observeNow(
	transport: Transport,
	membership: Membership,
	clock: Clock,
	options: CallOptions,
): Promise<Observation> {
	const members = await Promise.all(
		membership.members.map(async (member) => {
			const [status, metrics] = await Promise.all([
				ask(clock, () => transport.status(member, options)),
				ask(clock, () => transport.metrics(member, options)),
			]);
			return {member, status, metrics};
		}),
	);
	return {version: 1, at: clock.uptimeMs(), clusterId: membership.clusterId, members};
}
