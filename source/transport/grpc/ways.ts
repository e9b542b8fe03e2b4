/** The way to each member: which of the given and the advertised URLs it is reached by. */
import {type Member, type MemberId, memberLabel} from '../../domain/member.ts';
import {TransportError} from '../transport-error.ts';
import {type Endpoint, parseEndpoint} from './endpoint.ts';
import type {Identities} from './identities.ts';

export type Ways = {
	/** The members, each with its `endpoint`, and `watchOnly` where that is a balancer. */
	readonly members: readonly Member[];
	/** Other URLs at which members that don't answer may be found. */
	readonly unexplored: readonly string[];
	/** Some member was never met, and not for want of trying. */
	readonly isIncomplete: boolean;
};

/**
 * Where a member answered last it stays, also while it is silent: the way it fails there tells whether it is dead. It changes only to
 * where the member is met next.
 */
export function findWays(members: readonly Member[], given: readonly string[], identities: Identities): Ways {
	const ids = new Set(members.map(({id}) => id));
	const ways = members.map((member) => wayTo(member, given, identities, ids));
	return {
		members: ways.map(({member}) => member),
		unexplored: [...new Set(ways.flatMap((way) => way.unexplored))],
		isIncomplete: ways.some((way) => way.isIncomplete),
	};
}

function wayTo(member: Member, given: readonly string[], identities: Identities, ids: ReadonlySet<MemberId>) {
	const {id} = member;
	const isBalancer = (url: string): boolean => identities.isBalancer(url, ids);
	const own = advertisedUrls(member);
	const met = [...new Set([...given, ...own])]
		.filter((url) => !isBalancer(url) && identities.lastMet(url, id) > 0)
		.sort((one, other) => identities.lastMet(other, id) - identities.lastMet(one, id));
	const unmet = own
		.filter((url) => !isBalancer(url) && identities.lastMet(url, id) === 0)
		.sort((one, other) => identities.misses(one, id) - identities.misses(other, id));
	const balancer = [...own, ...given].find(isBalancer);
	const hope = unmet.find((url) => identities.misses(url, id) === 0);
	const url = met[0] ?? hope ?? balancer ?? unmet[0];
	const isMissing = url !== undefined && identities.misses(url, id) > 0;
	return {
		member: url === undefined ? member : {...member, endpoint: url, ...(isBalancer(url) && {watchOnly: balancerReason(url)})},
		unexplored: isMissing ? unmet.filter((candidate) => candidate !== url) : [],
		isIncomplete: met.length === 0 && isMissing,
	};
}

function balancerReason(url: string): string {
	return `${url} answers as more than one member (a balancer)`;
}

/** What a member advertises, as far as we can go there. */
function advertisedUrls(member: Member): string[] {
	return member.clientUrls.flatMap((url) => {
		try {
			return [parseEndpoint(url, false).url];
		} catch {
			return [];
		}
	});
}

/** The endpoint that was found for a member. Throws `TransportError` where there is none. */
export function endpointOf(member: Member): Endpoint {
	if (member.endpoint !== undefined) {
		return parseEndpoint(member.endpoint, false);
	}
	const hasStarted = member.clientUrls.length > 0;
	throw new TransportError({
		kind: 'unreachable',
		message: hasStarted ? `no way to ${member.clientUrls.join(', ')}` : 'it has not started yet',
		nextStep: hasStarted ? 'Give an endpoint of it.' : 'Start it, or remove it from the member list.',
		member: memberLabel(member),
		notSent: true,
	});
}
