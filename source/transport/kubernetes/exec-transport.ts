/** A cluster reached by etcdctl in its pods, where no tunnel can be had. */
import {setTimeout as sleep} from 'node:timers/promises';
import type {KeyPage} from '../../domain/key-page.ts';
import {type Member, type MemberId, type Membership, memberLabel} from '../../domain/member.ts';
import type {MemberMetrics, MemberStatus} from '../../domain/observation.ts';
import type {Target} from '../grpc/calls.ts';
import type {Identity} from '../grpc/decode.ts';
import {parseEndpoint} from '../grpc/endpoint.ts';
import {expectIdentity, memberTarget} from '../grpc/expect-identity.ts';
import {readMetrics} from '../grpc/metrics.ts';
import {mostTelling} from '../grpc/most-telling.ts';
import {expectSameCluster} from '../grpc/same-cluster.ts';
import {refuseOldVersion} from '../grpc/supported-version.ts';
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
import {failureOf, TransportError} from '../transport-error.ts';
import type {KubernetesClient} from './client.ts';
import type {EtcdPod} from './etcd-pod.ts';
import {ownEndpoint} from './etcdctl.ts';
import {readIdentity, readMembers} from './etcdctl-json.ts';
import {EtcdctlRunner} from './etcdctl-runner.ts';
import {type Answered, execKeyPage, execValueBytes} from './exec-keys.ts';
import {ExecMetrics} from './exec-metrics.ts';
import {type ExecSnapshotOptions, execSnapshot} from './exec-snapshot.ts';
import {ExecUpkeep} from './exec-upkeep.ts';
import {firstAnswer} from './first-answer.ts';
import {matchPods} from './match-pods.ts';
import {type PodsKeeper, urlOf} from './pods-keeper.ts';
import {StatusBatch} from './status-batch.ts';
import type {Tunnels} from './tunnels.ts';

/** The next pod is asked for the member list when one takes longer. */
const lateMs = 150;

/** At the start the other pods get this long, after the first answer, to say of which cluster they are. */
const introductionMs = 500;

type MemberList = Membership & {readonly pod: EtcdPod};

export type ExecOptions = {
	readonly client: KubernetesClient;
	readonly pods: PodsKeeper;
	readonly connection: Connection;
	/** For metrics, where port-forwards are allowed. */
	readonly tunnels?: Tunnels;
	readonly dialTimeoutMs: number;
	readonly commandTimeoutMs: number;
};

export class ExecTransport implements Transport {
	readonly connection: Connection;
	readonly #pods: PodsKeeper;
	readonly #etcdctl: EtcdctlRunner;
	readonly #statuses: StatusBatch;
	readonly #metrics: ExecMetrics;
	readonly #upkeep: ExecUpkeep;
	readonly #snapshots: ExecSnapshotOptions;
	readonly #closing = new AbortController();
	#newest: Membership | undefined;

	constructor(options: ExecOptions) {
		const {client, pods, connection, commandTimeoutMs} = options;
		this.connection = connection;
		this.#pods = pods;
		this.#etcdctl = new EtcdctlRunner(client, pods);
		this.#statuses = new StatusBatch(this.#etcdctl);
		this.#metrics = new ExecMetrics(options);
		this.#snapshots = {...options, etcdctl: this.#etcdctl};
		this.#upkeep = new ExecUpkeep(this.#etcdctl, commandTimeoutMs);
	}

	async membership(options: CallOptions): Promise<Membership> {
		const stoppable = this.#stoppable(options);
		const pods = this.#etcdctl.pods;
		const ask = async (pod: EtcdPod): Promise<MemberList> => {
			const text = await this.#etcdctl.run({pod, endpoints: [ownEndpoint(pod)]}, ['member', 'list'], stoppable);
			return {pod, clusterId: readIdentity(text).clusterId, members: readMembers(text)};
		};
		if (pods.length === 0) {
			this.#etcdctl.waysTo('https://localhost');
		}
		const first = this.#newest === undefined ? introduced(pods, ask) : firstAnswer(pods, lateMs, ask);
		const {clusterId, members} = await first.catch((error: unknown) => {
			throw error instanceof AggregateError ? mostTelling(error.errors) : error;
		});
		expectSameCluster({clusterId}, this.#newest);
		this.#newest = {clusterId, members: this.#withWays(members)};
		return this.#newest;
	}

	async status(member: Member, options: CallOptions): Promise<MemberStatus> {
		return this.#named(member, async (target) => {
			const status = await this.#statuses.ask(target.endpoint.url, this.#stoppable(options));
			refuseOldVersion(status, target);
			this.#expect(status, member, target);
			// Before 3.6 only metrics tell the quota, and they may be out of reach.
			const quotaBytes = status.quotaBytes ?? this.#pods.at(target.endpoint.url)?.quotaBytes;
			return {...status, ...(quotaBytes !== undefined && {quotaBytes})};
		});
	}

	async metrics(member: Member, options: CallOptions): Promise<MemberMetrics> {
		return this.#named(member, async (target) => {
			const {text, serverClockSeconds} = await this.#metrics.page(member, this.#stoppable(options));
			const {metrics, memberId} = readMetrics(text, serverClockSeconds);
			this.#expect(memberId === undefined ? {} : {memberId}, member, target);
			return metrics;
		});
	}

	async linearizableRead(member: Member, options: CallOptions): Promise<void> {
		await this.#named(member, async (target) => {
			try {
				// As `etcdctl endpoint health` does: --count-only is not to be had with JSON.
				const text = await this.#etcdctl.ask(target.endpoint.url, ['get', 'health', '--keys-only'], this.#stoppable(options));
				this.#expect(readIdentity(text), member, target);
			} catch (error) {
				// The leader confirmed the read before etcd looked at permissions.
				if (failureOf(error).kind !== 'permission-denied' || !/etcdserver/.test(failureOf(error).message)) {
					throw error;
				}
			}
		});
	}

	defragment(member: Member, {clusterId}: {readonly clusterId: string}, options: CallOptions): Promise<void> {
		return this.#upkeep.defragment(member, clusterId, this.#stoppable(options));
	}

	snapshot(member: Member, {clusterId}: {readonly clusterId: string}, options: SnapshotOptions): AsyncIterable<SnapshotChunk> {
		return execSnapshot(this.#snapshots, member, clusterId, this.#stoppable(options));
	}

	moveLeader(leader: Member, to: MemberId, options: CallOptions): Promise<void> {
		return this.#upkeep.moveLeader(leader, to, this.#stoppable(options));
	}

	async alarms(options: CallOptions): Promise<readonly RaisedAlarm[]> {
		const {targets, clusterId} = await this.#anyMember(options);
		return this.#upkeep.alarms(targets, clusterId, this.#stoppable(options));
	}

	async disarmNoSpace(memberId: MemberId, options: CallOptions): Promise<void> {
		const {targets, clusterId} = await this.#anyMember(options);
		await this.#upkeep.disarmNoSpace(targets, clusterId, memberId, this.#stoppable(options));
	}

	async compact(revision: number, options: CallOptions): Promise<void> {
		const {targets, clusterId} = await this.#anyMember(options);
		await this.#upkeep.compact(targets, clusterId, revision, this.#stoppable(options));
	}

	keyPage(member: Member, page: PageRequest, options: CallOptions): Promise<KeyPage> {
		return this.#answeredBy(member, (url) => execKeyPage(this.#etcdctl, url, page, this.#stoppable(options)));
	}

	valueBytes(member: Member, id: string, options: CallOptions): Promise<number | undefined> {
		return this.#answeredBy(member, (url) => execValueBytes(this.#etcdctl, url, id, this.#stoppable(options)));
	}

	async writeProbe(options: CallOptions): Promise<ProbeOutcome> {
		const {targets, clusterId} = await this.#anyMember(options);
		return this.#upkeep.writeProbe(targets, clusterId, this.#stoppable(options));
	}

	close(): void {
		this.#closing.abort();
		this.#metrics.close();
	}

	/** Each member with the URL by which its pod is found, else one that it advertises. */
	#withWays(members: readonly Member[]): Member[] {
		const matches = matchPods(members, this.#pods.current);
		return members.map((member) => {
			const pod = matches.find((match) => match.member === member)?.pod;
			const known = member.clientUrls.find((url) => this.#pods.at(url) !== undefined);
			const url = known ?? (pod && urlOf(pod)) ?? member.clientUrls[0];
			return url === undefined ? member : {...member, endpoint: parseEndpoint(url, false).url};
		});
	}

	/** Members by whom the whole cluster is reached. */
	async #anyMember(options: CallOptions): Promise<{targets: Target[]; clusterId: string}> {
		const {members, clusterId} = this.#newest ?? (await this.membership(options));
		const best = this.#etcdctl.pods;
		const rank = ({endpoint}: Member): number => {
			const pod = this.#pods.at(endpoint!);
			const index = pod === undefined ? -1 : best.indexOf(pod);
			return index === -1 ? best.length : index;
		};
		const voters = members.filter(({endpoint, isLearner}) => endpoint !== undefined && !isLearner);
		return {targets: voters.sort((one, other) => rank(one) - rank(other)).map(memberTarget), clusterId};
	}

	#expect(actual: Partial<Identity>, {id}: Member, target: Target): void {
		const clusterId = this.#newest?.clusterId;
		expectIdentity(actual, {memberId: id, ...(clusterId !== undefined && {clusterId})}, target);
	}

	#answeredBy<T>(member: Member, ask: (url: string) => Promise<Answered<T>>): Promise<T> {
		return this.#named(member, async (target) => {
			const {identity, answer} = await ask(target.endpoint.url);
			this.#expect(identity, member, target);
			return answer;
		});
	}

	/** Says in every failure whom it is about. */
	async #named<T>(member: Member, ask: (target: Target) => Promise<T>): Promise<T> {
		const target = memberTarget(member);
		try {
			return await ask(target);
		} catch (error) {
			throw new TransportError({...failureOf(error), endpoint: target.endpoint.url, member: memberLabel(member)}, error);
		}
	}

	#stoppable<Options extends {readonly signal?: AbortSignal}>(options: Options): Options {
		const {signal} = this.#closing;
		return {...options, signal: options.signal === undefined ? signal : AbortSignal.any([signal, options.signal])};
	}
}

/** The first answer, once the others had the time to give theirs. Throws `TransportError` for pods of more than one cluster. */
async function introduced(pods: readonly EtcdPod[], ask: (pod: EtcdPod) => Promise<MemberList>): Promise<MemberList> {
	const answered: MemberList[] = [];
	const questions = pods.map(async (pod) => {
		const list = await ask(pod);
		answered.push(list);
		return list;
	});
	const first = await Promise.any(questions);
	await Promise.race([Promise.allSettled(questions), sleep(introductionMs, undefined, {ref: false})]);
	const stranger = answered.find(({clusterId}) => clusterId !== first.clusterId);
	if (stranger !== undefined) {
		throw new TransportError({
			kind: 'wrong-identity',
			message: `etcd in ${first.pod.name} and in ${stranger.pod.name} belongs to different clusters`,
			nextStep: 'Say which pods are meant with --selector.',
		});
	}
	return first;
}
