/** A new revision of an operator's operand, put on one node after the other. */
import type {Condition, Controllers} from './controllers.ts';
import type {ObjectStore} from './object-store.ts';

type NodeStatus = {readonly nodeName: string; readonly currentRevision: number};
type OperatorStatus = {
	readonly conditions?: readonly Condition[];
	readonly latestAvailableRevision: number;
	readonly nodeStatuses: readonly NodeStatus[];
};

export type Rollout = {
	/** The next node; undefined once all of them have it. */
	next(): Promise<Rollout | undefined>;
};

/** Begins it: there is a revision that no node has yet. */
export async function rollOut(controllers: Controllers, objects: ObjectStore, plural: string): Promise<Rollout> {
	const status = () => objects.get({plural}, undefined, 'cluster')?.['status'] as OperatorStatus;
	const write = async (change: Partial<OperatorStatus>) => {
		const object = objects.get({plural}, undefined, 'cluster')!;
		const next = {...status(), ...change};
		const conditions = [...(next.conditions ?? []).filter(({type}) => type !== 'NodeInstallerProgressing'), progressing(next)];
		await controllers.write(plural, {...object, status: {...next, conditions}});
	};
	const revision = status().latestAvailableRevision + 1;
	await write({latestAvailableRevision: revision});
	const rollout: Rollout = {
		async next() {
			const {nodeStatuses} = status();
			const turn = nodeStatuses.findIndex(({currentRevision}) => currentRevision < revision);
			await write({
				nodeStatuses: nodeStatuses.map((node, index) => (index === turn ? {...node, currentRevision: revision} : node)),
			});
			return status().nodeStatuses.every(({currentRevision}) => currentRevision >= revision) ? undefined : rollout;
		},
	};
	return rollout;
}

/** `1 node is at revision 7; 2 nodes are at revision 8`, as the operators say it. */
function progressing({latestAvailableRevision: latest, nodeStatuses}: OperatorStatus): Condition {
	const counts = new Map<number, number>();
	for (const {currentRevision} of nodeStatuses) {
		counts.set(currentRevision, (counts.get(currentRevision) ?? 0) + 1);
	}
	const parts = [...counts]
		.toSorted(([a], [b]) => a - b)
		.map(([revision, count]) => `${count} ${count === 1 ? 'node is' : 'nodes are'} at revision ${revision}`);
	const isDone = counts.size === 1 && counts.has(latest);
	return isDone
		? {type: 'NodeInstallerProgressing', status: 'False', reason: 'AllNodesAtLatestRevision', message: parts.join('; ')}
		: {
				type: 'NodeInstallerProgressing',
				status: 'True',
				message: `${parts.join('; ')}${counts.has(latest) ? '' : `; 0 nodes have achieved new revision ${latest}`}`,
			};
}
