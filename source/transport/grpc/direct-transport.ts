/** A cluster reached directly, over its own protocol: the `Transport` that etcdctl's flags describe. */
import type {KeyPage} from '../../domain/key-page.ts';
import type {Member, MemberId, Membership} from '../../domain/member.ts';
import type {MemberMetrics, MemberStatus} from '../../domain/observation.ts';

import type {
	CallOptions,
	Connection,
	PageRequest,
	ProbeOutcome,
	RaisedAlarm,
	SnapshotChunk,
	SnapshotOptions,
	Transport,
} from '../transport.ts';

import {failureOf} from '../transport-error.ts';
import {Calls, type Target} from './calls.ts';
import {decodeIdentity} from './decode.ts';
import {dialDirectly} from './dial.ts';
import {type DirectOptions, describeConnection, givenEndpoints} from './direct-options.ts';
import {Discovery} from './discovery.ts';
import {expectIdentity, memberTarget} from './expect-identity.ts';
import {Identities} from './identities.ts';
import {Keys} from './keys.ts';
import {readMetrics} from './metrics.ts';
import * as rpcs from './rpcs.ts';
import {Session} from './session.ts';
import {refuseOldVersion} from './supported-version.ts';
import {TlsKeeper} from './tls-keeper.ts';
import {readTlsMaterial} from './tls-material.ts';
import {Upkeep} from './upkeep.ts';

export type {DirectOptions} from './direct-options.ts';

/**
 * Throws `TransportError` for options that can't work: half a pair, a file that isn't there or isn't PEM, an endpoint that is none.
 * Connects when it is first asked something.
 */
export function createDirectTransport(options: DirectOptions): Transport {
	return new DirectTransport(options);
}

/** Behind a balancer, how many connections are made in search of one member. */
const maximumSearches = 12;

class DirectTransport implements Transport {
	readonly connection: Connection;
	readonly #calls: Calls;
	readonly #identities = new Identities();
	readonly #discovery: Discovery;
	readonly #upkeep: Upkeep;
	readonly #session: Session;
	readonly #keys: Keys;
	#signedIn = false;

	constructor(options: DirectOptions) {
		const {cacert, cert, key, serverName, insecureSkipTlsVerify, dialTimeoutMs, commandTimeoutMs} = options;
		const given = givenEndpoints(options);
		const files = {...(cacert && {cacert}), ...(cert && {cert}), ...(key && {key})};
		this.#session = new Session(options);
		this.#calls = new Calls({
			dial: options.dial ?? dialDirectly(serverName),
			tls: new TlsKeeper(options.material ?? (() => readTlsMaterial(files)), insecureSkipTlsVerify),
			session: this.#session,
			dialTimeoutMs,
			...(options.metricsEndpoint && {metricsEndpoint: options.metricsEndpoint}),
		});
		this.#discovery = new Discovery(given, this.#calls, this.#identities);
		this.#upkeep = new Upkeep(this.#calls, commandTimeoutMs);
		this.#keys = new Keys(this.#calls);
		this.connection = options.connection ?? describeConnection(given, options);
	}

	async membership(options: CallOptions): Promise<Membership> {
		this.#calls.refreshCertificates();
		const membership = await this.#discovery.membership(options);
		await this.#signIn(membership, options);
		return membership;
	}

	async status(member: Member, options: CallOptions): Promise<MemberStatus> {
		const target = memberTarget(member);
		const {url} = target.endpoint;
		try {
			return await this.#untilMet(member, target, options, async (remaining) => {
				const status = await this.#calls.ask(target, rpcs.status, {}, remaining);
				refuseOldVersion(status, target);
				this.#identities.answered(url, status);
				return {answer: status, identity: status};
			});
		} catch (error) {
			this.#identities.missed(url, member.id);
			throw error;
		}
	}

	metrics(member: Member, options: CallOptions): Promise<MemberMetrics> {
		const target = memberTarget(member);
		return this.#untilMet(member, target, options, async (remaining) => {
			const {text, serverClockSeconds} = await this.#calls.metrics(target, remaining);
			const {metrics, memberId} = readMetrics(text, serverClockSeconds);
			return {answer: metrics, identity: memberId === undefined ? {} : {memberId}};
		});
	}

	async linearizableRead(member: Member, options: CallOptions): Promise<void> {
		const target = memberTarget(member);
		try {
			const {header} = await this.#calls.ask(target, rpcs.range, {key: Buffer.from('health'), count_only: true}, options);
			expectIdentity(decodeIdentity(header), {memberId: member.id}, target);
		} catch (error) {
			// The leader confirmed the read before etcd looked at permissions: `etcdctl endpoint health` counts that as healthy too.
			if (failureOf(error).kind !== 'permission-denied') {
				throw error;
			}
		}
	}

	defragment(member: Member, {clusterId}: {readonly clusterId: string}, options: CallOptions): Promise<void> {
		return this.#upkeep.defragment(member, clusterId, options);
	}

	snapshot(member: Member, {clusterId}: {readonly clusterId: string}, options: SnapshotOptions): AsyncIterable<SnapshotChunk> {
		return this.#upkeep.snapshot(member, clusterId, options);
	}

	moveLeader(leader: Member, to: MemberId, options: CallOptions): Promise<void> {
		return this.#upkeep.moveLeader(leader, to, options);
	}

	async alarms(options: CallOptions): Promise<readonly RaisedAlarm[]> {
		const {targets, clusterId} = await this.#anyMember(options);
		return this.#upkeep.alarms(targets, clusterId, options);
	}

	async disarmNoSpace(memberId: MemberId, options: CallOptions): Promise<void> {
		const {targets, clusterId} = await this.#anyMember(options);
		await this.#upkeep.disarmNoSpace(targets, clusterId, memberId, options);
	}

	async compact(revision: number, options: CallOptions): Promise<void> {
		const {targets, clusterId} = await this.#anyMember(options);
		await this.#upkeep.compact(targets, clusterId, revision, options);
	}

	keyPage(member: Member, page: PageRequest, options: CallOptions): Promise<KeyPage> {
		return this.#keys.page(member, page, options);
	}

	valueBytes(member: Member, id: string, options: CallOptions): Promise<number | undefined> {
		return this.#keys.valueBytes(member, id, options);
	}

	async writeProbe(options: CallOptions): Promise<ProbeOutcome> {
		const {targets, clusterId} = await this.#anyMember(options);
		return this.#upkeep.writeProbe(targets, clusterId, options);
	}

	close(): void {
		this.#calls.close();
	}

	/** Asks until the member that is meant answers: at once, or never, unless a balancer stands before it. */
	async #untilMet<T>(
		member: Member,
		target: Target,
		options: CallOptions,
		ask: (remaining: CallOptions) => Promise<{answer: T; identity: {memberId?: MemberId; clusterId?: string}}>,
	): Promise<T> {
		const started = performance.now();
		const clusterId = this.#discovery.newest?.clusterId;
		for (let search = 1; ; search++) {
			const timeoutMs = Math.max(1, options.timeoutMs - (performance.now() - started));
			const {answer, identity} = await ask({...options, timeoutMs});
			try {
				expectIdentity(identity, {memberId: member.id, ...(clusterId !== undefined && {clusterId})}, target);
				return answer;
			} catch (error) {
				await this.#calls.redial(target);
				if (member.watchOnly === undefined || search === maximumSearches || timeoutMs === 1) {
					throw error;
				}
			}
		}
	}

	/** Members by whom the whole cluster is reached, those that answered lately first. */
	async #anyMember(options: CallOptions): Promise<{targets: Target[]; clusterId: string}> {
		const {members, clusterId} = this.#discovery.newest ?? (await this.membership(options));
		const targets = members
			.filter(({endpoint, isLearner}) => endpoint !== undefined && !isLearner)
			.map((member) => ({target: memberTarget(member), misses: this.#identities.misses(member.endpoint!, member.id)}))
			.sort((one, other) => one.misses - other.misses)
			.map(({target}) => target);
		return {targets, clusterId};
	}

	/** Once, so that a wrong password is told at the start. Without quorum nobody can sign in, and watching goes on. */
	async #signIn({members}: Membership, options: CallOptions): Promise<void> {
		const member = members.find(({endpoint}) => endpoint !== undefined);
		if (this.#signedIn || !this.#session.known || member === undefined) {
			return;
		}
		try {
			await this.#calls.signIn(memberTarget(member), options);
			this.#signedIn = true;
		} catch (error) {
			if (failureOf(error).kind === 'unauthenticated') {
				throw error;
			}
		}
	}
}
