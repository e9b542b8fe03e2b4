/** What changes something, by etcdctl in a pod: sent once, right after the member there said who it is. */
import {evidenceMaximumAgeMs} from '../../domain/defrag-policy.ts';
import type {Failure} from '../../domain/failure.ts';
import {writeProbeKey} from '../../domain/key-page.ts';
import {type Member, type MemberId, memberLabel} from '../../domain/member.ts';
import type {MemberStatus} from '../../domain/observation.ts';
import type {Target} from '../grpc/calls.ts';
import type {Identity} from '../grpc/decode.ts';
import {expectIdentity, memberTarget} from '../grpc/expect-identity.ts';
import {mostTelling} from '../grpc/most-telling.ts';
import {elsewhere, noLeader, uncertain} from '../grpc/upkeep.ts';
import type {CallOptions, ProbeOutcome, RaisedAlarm} from '../transport.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import {readAlarms, readStatuses} from './etcdctl-json.ts';
import type {EtcdctlRunner, ExecWay} from './etcdctl-runner.ts';

type Run = (words: readonly string[]) => Promise<string>;

export class ExecUpkeep {
	readonly #etcdctl: EtcdctlRunner;
	readonly #commandTimeoutMs: number;

	/** `commandTimeoutMs` bounds what comes before the call proper. */
	constructor(etcdctl: EtcdctlRunner, commandTimeoutMs: number) {
		this.#etcdctl = etcdctl;
		this.#commandTimeoutMs = commandTimeoutMs;
	}

	async defragment(member: Member, clusterId: string, options: CallOptions): Promise<void> {
		const begun = performance.now();
		await this.#verified(memberTarget(member), {clusterId, memberId: member.id}, options, async ({isLearner}, run) => {
			if (isLearner) {
				throw refusal('unsupported', 'a learner is not defragmented', 'Promote it first, or leave it out.', member);
			}
			if (performance.now() - begun > evidenceMaximumAgeMs) {
				// However long a command may take: what this one was decided on has grown old.
				throw refusal('timed-out', 'it took too long to say who it is', 'Look whether it is overloaded.', member);
			}
			return () => run(['defrag']);
		});
	}

	async moveLeader(leader: Member, to: MemberId, options: CallOptions): Promise<void> {
		await this.#verified(memberTarget(leader), {memberId: leader.id}, options, async ({leaderId}, run) => {
			if (leaderId !== leader.id) {
				throw refusal('rejected', 'it does not lead any more', 'Look who leads, and try again.', leader);
			}
			return () => run(['move-leader', to]);
		});
	}

	async alarms(targets: readonly Target[], clusterId: string, options: CallOptions): Promise<readonly RaisedAlarm[]> {
		return readAlarms(await this.#anywhere(targets, clusterId, options, async (run) => () => run(['alarm', 'list'])));
	}

	/** etcdctl disarms whatever stands: so only where nothing else does, looked at right before. */
	async disarmNoSpace(targets: readonly Target[], clusterId: string, memberId: MemberId, options: CallOptions): Promise<void> {
		await this.#anywhere(targets, clusterId, options, async (run) => {
			const raised = readAlarms(await run(['alarm', 'list']));
			const others = raised.filter((raisedAlarm) => raisedAlarm.alarm !== 'NOSPACE' || raisedAlarm.memberId !== memberId);
			if (others.length > 0) {
				throw new TransportError({
					kind: 'unsupported',
					message: `etcdctl would disarm ${others.map(({alarm, memberId: id}) => `${alarm} of ${id}`).join(', ')} too`,
					nextStep: 'Disarm through a tunnel (it takes get and create on pods/portforward), or from a control-plane host.',
				});
			}
			return raised.length === 0 ? async () => '' : () => run(['alarm', 'disarm']);
		});
	}

	async compact(targets: readonly Target[], clusterId: string, revision: number, options: CallOptions): Promise<void> {
		await this.#anywhere(targets, clusterId, options, async (run) => () => run(['compact', String(revision), '--physical']));
	}

	async writeProbe(targets: readonly Target[], clusterId: string, options: CallOptions): Promise<ProbeOutcome> {
		let leftBehind: Failure | undefined;
		await this.#anywhere(targets, clusterId, options, async (run) => async () => {
			const put = await run(['put', writeProbeKey, 'etcdtop tries a write']);
			await run(['del', writeProbeKey]).catch((error: unknown) => {
				leftBehind = failureOf(error);
			});
			return put;
		});
		return leftBehind === undefined ? {} : {leftBehind};
	}

	/** Through the first of these members that can be reached; once sent, never through another. */
	async #anywhere(
		targets: readonly Target[],
		clusterId: string,
		options: CallOptions,
		prepare: (run: Run) => Promise<() => Promise<string>>,
	): Promise<string> {
		const failures: unknown[] = [];
		for (const target of targets) {
			try {
				return await this.#verified(target, {clusterId}, options, ({leaderId}, run) => {
					if (leaderId === undefined) {
						// It would wait for one, and be carried out whenever there is one again.
						throw new TransportError(noLeader);
					}
					return prepare(run);
				});
			} catch (error) {
				const {kind, notSent} = failureOf(error);
				if (!notSent || !elsewhere.has(kind)) {
					throw error;
				}
				failures.push(error);
			}
		}
		throw failures.length === 0 ? nobody() : mostTelling(failures);
	}

	/** `prepare` gets who answered, and gives the call to send then; what fails before that is marked as never sent. */
	async #verified(
		target: Target,
		expected: Partial<Identity>,
		options: CallOptions,
		prepare: (status: MemberStatus, run: Run) => Promise<() => Promise<string>>,
	): Promise<string> {
		const started = performance.now();
		const remaining = (most: number): CallOptions => ({
			...options,
			timeoutMs: Math.max(1, Math.min(most, options.timeoutMs - (performance.now() - started))),
		});
		let isSent = false;
		try {
			const [way]: [ExecWay, ...ExecWay[]] = this.#etcdctl.waysTo(target.endpoint.url);
			const answers = readStatuses(await this.#etcdctl.run(way, ['endpoint', 'status'], remaining(this.#commandTimeoutMs)));
			const [entry] = answers;
			if (entry === undefined) {
				throw nobody();
			}
			if (answers.length > 1) {
				throw new TransportError(notAlone(answers.length));
			}
			expectIdentity(entry.status, expected, target);
			const send = await prepare(entry.status, (words) => this.#etcdctl.run(way, words, remaining(Number.POSITIVE_INFINITY)));
			isSent = true;
			return await send();
		} catch (error) {
			const failure = {
				...failureOf(error),
				endpoint: target.endpoint.url,
				...(target.member !== undefined && {member: target.member}),
			};
			throw new TransportError(isSent ? uncertain(failure) : {...failure, notSent: true}, error);
		}
	}
}

function nobody(): TransportError {
	return new TransportError({
		kind: 'unreachable',
		message: 'no member can be asked',
		nextStep: 'Look at the pods of etcd.',
		notSent: true,
	});
}

/** Whatever the reason: a call to change something would go to each of them. */
function notAlone(members: number): Failure {
	return {
		kind: 'wrong-identity',
		message: `etcdctl in the pod asks ${members} members where one was meant`,
		nextStep: 'Look at the variables of its container that begin with ETCDCTL_, or reach etcd through a tunnel.',
	};
}

function refusal(
	kind: 'unsupported' | 'rejected' | 'timed-out',
	message: string,
	nextStep: string,
	member: Member,
): TransportError {
	return new TransportError({kind, message, nextStep, member: memberLabel(member), notSent: true});
}
