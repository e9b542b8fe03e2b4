/** The one control-plane host that a backup is taken from: "only save a backup from a single host" (etcd tasks, 1.9.4). */
import type {MemberId, Role} from './member.ts';
import type {MemberState} from './member-state.ts';
import type {PodMatch} from './pod.ts';
import type {ControlPlaneNode, Told} from './surroundings.ts';

export type HostMember = {
	readonly id: MemberId;
	readonly name: string;
	readonly role: Role | undefined;
	readonly state: MemberState;
	readonly dbSizeBytes?: number;
};

export type HostChoice =
	| {
			readonly kind: 'chosen';
			readonly node: string;
			readonly member: HostMember;
			/** What speaks against it, and does not hold it back. */
			readonly warning?: string;
	  }
	| {readonly kind: 'none'; readonly why: string};

export type HostChoiceInput = {
	readonly members: readonly HostMember[];
	readonly pods: readonly PodMatch[];
	readonly nodes: Told<readonly ControlPlaneNode[]>;
	/** `--host`: a node's name, or its member's. */
	readonly wanted?: string;
};

type Candidate = {
	readonly node: string;
	readonly member: HostMember;
	/** Why no backup can be taken there. */
	readonly against?: string;
	/** Why another one would be better. */
	readonly warning?: string;
};

/** By name, so that it is the same host every time, for as long as that is well. */
export function chooseHost(input: HostChoiceInput): HostChoice {
	const candidates = input.members
		.map((member) => candidateOf(member, input))
		.toSorted((one, other) => one.node.localeCompare(other.node, 'en', {numeric: true}));
	if (input.wanted !== undefined) {
		return wantedHost(input.wanted, candidates);
	}
	const fit = candidates.filter(({against}) => against === undefined);
	const best = fit.find(({warning}) => warning === undefined) ?? fit[0];
	if (best === undefined) {
		const reasons = candidates.map(({node, against}) => `${node} ${against}`);
		return {
			kind: 'none',
			why: reasons.length === 0 ? 'etcd has told no member yet' : `no host can give one: ${reasons.join('; ')}`,
		};
	}
	return chosen(best);
}

function wantedHost(wanted: string, candidates: readonly Candidate[]): HostChoice {
	const found = candidates.find(({node, member}) => node === wanted || member.name === wanted);
	if (found === undefined) {
		const names = candidates.map(({node}) => node).join(', ');
		return {kind: 'none', why: `there is no control-plane host ${wanted} with a member of etcd: there are ${names}`};
	}
	return found.against === undefined ? chosen(found) : {kind: 'none', why: `${found.node} ${found.against}`};
}

function chosen({node, member, warning}: Candidate): HostChoice {
	return {kind: 'chosen', node, member, ...(warning !== undefined && {warning})};
}

function candidateOf(member: HostMember, {members, pods, nodes}: HostChoiceInput): Candidate {
	const pod = pods.find(({memberId}) => memberId === member.id)?.pod;
	const node = pod?.node ?? member.name;
	const known = nodes.kind === 'told' ? nodes.value.find(({name}) => name === node) : undefined;
	const against =
		pod === undefined
			? 'has no etcd pod'
			: member.role === 'learner'
				? 'has a learner, which gives no snapshot'
				: member.state !== 'healthy'
					? `is ${member.state}`
					: !pod.isReady
						? 'has an etcd pod that is not ready'
						: nodes.kind === 'told' && known === undefined
							? 'is no control-plane node'
							: known?.isReady === false
								? 'is NotReady'
								: undefined;
	const warning = known?.isCordoned
		? 'is cordoned'
		: member.role === 'leader' && members.length > 1
			? 'is the leader: every write waits for its disk'
			: undefined;
	return {node, member, ...(against !== undefined && {against}), ...(warning !== undefined && {warning})};
}
