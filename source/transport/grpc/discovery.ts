/** From the endpoints that were given to all members of the cluster. */
import {setTimeout as sleep} from 'node:timers/promises';
import type {Member, Membership} from '../../domain/member.ts';
import type {CallOptions} from '../transport.ts';
import {TransportError} from '../transport-error.ts';
import type {Calls, Target} from './calls.ts';
import {decodeIdentity, decodeMember, type Identity} from './decode.ts';
import {type Endpoint, parseEndpoint} from './endpoint.ts';
import type {Identities} from './identities.ts';
import {mostTelling} from './most-telling.ts';
import * as rpcs from './rpcs.ts';
import {expectSameCluster} from './same-cluster.ts';
import {findWays} from './ways.ts';

/** At the start the other endpoints get this long, after the first answer, to say who they are. */
const introductionMs = 500;

/** How often given endpoints are dialled anew in search of members that can't be found: behind a balancer others may answer. */
const maximumSearches = 12;

type MemberList = {readonly clusterId: string; readonly members: readonly Member[]};

export class Discovery {
	readonly #given: readonly Endpoint[];
	readonly #calls: Calls;
	readonly #identities: Identities;
	/** Questions under way, by URL: a silent endpoint is not asked twice at a time. */
	readonly #pending = new Map<string, Promise<MemberList>>();
	/** URLs that were looked at, and are no port for peers. */
	readonly #clientPorts = new Set<string>();
	#newest: Membership | undefined;
	#searches = 0;
	#isIntroduced = false;

	constructor(given: readonly Endpoint[], calls: Calls, identities: Identities) {
		this.#given = given;
		this.#calls = calls;
		this.#identities = identities;
	}

	/** The newest member list, if there was one. */
	get newest(): Membership | undefined {
		return this.#newest;
	}

	/** Asks all given endpoints, and if none answers the members' own; the first answer counts. Throws `TransportError`. */
	async membership(options: CallOptions): Promise<Membership> {
		const strangers = this.#isIntroduced ? [] : this.#given;
		this.#isIntroduced = true;
		const questions = new Map(this.#given.map((endpoint) => [endpoint.url, this.#ask(endpoint, options)]));
		const list = await this.#first([...questions.values()], options);
		await Promise.race([
			Promise.allSettled(strangers.map(({url}) => questions.get(url))),
			sleep(introductionMs, undefined, {ref: false}),
		]);
		this.#refuseTwoClusters();
		expectSameCluster(list, this.#newest);
		const given = this.#given.map(({url}) => url);
		const {members, unexplored, isIncomplete} = findWays(list.members, given, this.#identities);
		for (const url of unexplored) {
			// Whoever answers there is written down, for the next time.
			this.#ask(parseEndpoint(url, false), options).catch(() => {});
		}
		if (isIncomplete && this.#searches < maximumSearches) {
			this.#searches++;
			await Promise.all(this.#given.map((endpoint) => this.#calls.redial(targetOf(endpoint))));
		}
		this.#newest = {clusterId: list.clusterId, members};
		return this.#newest;
	}

	async #first(questions: readonly Promise<MemberList>[], options: CallOptions): Promise<MemberList> {
		try {
			return await Promise.any(questions);
		} catch (error) {
			const failure = mostTelling((error as AggregateError).errors);
			const others = this.#otherEndpoints();
			if (others.length === 0 || options.signal?.aborted) {
				throw failure;
			}
			return Promise.any(others.map((endpoint) => this.#ask(endpoint, options))).catch(() => {
				throw failure;
			});
		}
	}

	/** URLs of members that aren't among the given ones. */
	#otherEndpoints(): Endpoint[] {
		const urls = new Set(this.#newest?.members.flatMap(({endpoint}) => endpoint ?? []));
		return [...urls].filter((url) => !this.#given.some((given) => given.url === url)).map((url) => parseEndpoint(url, false));
	}

	#ask(endpoint: Endpoint, options: CallOptions): Promise<MemberList> {
		const known = this.#pending.get(endpoint.url);
		if (known !== undefined) {
			return known;
		}
		const question = this.#memberList(targetOf(endpoint), options).finally(() => this.#pending.delete(endpoint.url));
		this.#pending.set(endpoint.url, question);
		return question;
	}

	async #memberList(target: Target, options: CallOptions): Promise<MemberList> {
		const {url} = target.endpoint;
		try {
			const {header, members} = await this.#calls.ask(target, rpcs.memberList, {}, options);
			const identity = decodeIdentity(header);
			const list = {clusterId: identity.clusterId, members: members.map(decodeMember)};
			await this.#refusePeerPort(
				target,
				list.members.find(({id}) => id === identity.memberId),
			);
			this.#identities.answered(url, identity);
			return list;
		} catch (error) {
			this.#identities.silent(url);
			throw error;
		}
	}

	/** Without TLS etcd answers everything at its port for peers too, until somebody closes that to clients. */
	async #refusePeerPort(target: Target, member: Member | undefined): Promise<void> {
		const {url, port} = target.endpoint;
		if (member === undefined || this.#clientPorts.has(url)) {
			return;
		}
		const isAt = (one: string) => portOf(one) === port;
		if (member.peerUrls.some(isAt) && !member.clientUrls.some(isAt)) {
			await this.#calls.refusePeerPort(target);
		}
		this.#clientPorts.add(url);
	}

	#refuseTwoClusters(): void {
		const answers = this.#given.flatMap(({url}): [string, Identity][] => {
			const identity = this.#identities.at(url);
			return identity === undefined ? [] : [[url, identity]];
		});
		const [first] = answers;
		const stranger = answers.find(([, {clusterId}]) => clusterId !== first?.[1].clusterId);
		if (first !== undefined && stranger !== undefined) {
			throw new TransportError({
				kind: 'wrong-identity',
				message: `${first[0]} and ${stranger[0]} belong to different clusters`,
				nextStep: 'Give endpoints of one cluster only.',
				endpoint: stranger[0],
			});
		}
	}
}

function targetOf(endpoint: Endpoint): Target {
	return {endpoint, key: `discovery ${endpoint.url}`};
}

function portOf(url: string): number | undefined {
	try {
		return parseEndpoint(url, false).port;
	} catch {
		return undefined;
	}
}
