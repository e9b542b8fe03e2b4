/** What the cluster tells for a runbook, while it still answers. */
import type {Member} from '../domain/member.ts';
import type {TellingCluster} from '../domain/restore-sources.ts';
import type {ConnectionOptions, Options} from '../options.ts';
import {asTyped, type Reached} from '../reached.ts';
import type {RolloutsPort} from '../transport/platform.ts';
import type {Transport} from '../transport/transport.ts';
import {TransportError} from '../transport/transport-error.ts';
import {reasonOf} from './reason.ts';

export type OpenShiftApi = {readonly port: RolloutsPort; readonly contextName: string; close(): void};

/** Straight to the API, whatever became of etcd behind it; undefined where no kubeconfig leads to one. */
async function openApi(connection: ConnectionOptions, environment: NodeJS.ProcessEnv): Promise<OpenShiftApi | undefined> {
	if (connection.reach !== 'kubernetes' && connection.reach !== 'either') {
		return undefined;
	}
	const files = await import('../transport/kubernetes/kubeconfig-files.ts');
	const place = {...connection.kubernetes, environment};
	const config = asTyped(() => (connection.reach === 'kubernetes' ? files.readKubeconfig(place) : files.findKubeconfig(place)));
	if (config === undefined) {
		return undefined;
	}
	const [{chooseContext, shownName}, {KubernetesClient}, {createRolloutsPort}] = await Promise.all([
		import('../transport/kubernetes/kube-context.ts'),
		import('../transport/kubernetes/client.ts'),
		import('../transport/kubernetes/rollouts.ts'),
	]);
	const context = asTyped(() => chooseContext(config, place));
	const client = new KubernetesClient(context);
	const {requestTimeoutMs} = connection.kubernetes;
	return {
		port: createRolloutsPort(client, {timeoutMs: requestTimeoutMs}),
		contextName: shownName(context.name),
		close: () => client.close(),
	};
}

/** On a bad day a kubeconfig that is of no use, or a certificate that has expired, must not keep the runbook shut: then it is a note. */
export async function openApiOrNot(
	{connection, restore}: Pick<Options, 'connection' | 'restore'>,
	environment: NodeJS.ProcessEnv,
): Promise<{readonly api?: OpenShiftApi; readonly notes: readonly string[]}> {
	try {
		const api = await openApi(connection, environment);
		return {notes: [], ...(api !== undefined && {api})};
	} catch (error) {
		// Who names a context means it.
		if (connection.reach === 'kubernetes' && !restore.resume) {
			throw error;
		}
		return {
			notes: [`the Kubernetes API is not asked: ${reasonOf(error)}`],
		};
	}
}

/** Asks OpenShift first, then etcd; what does not answer is told in `notes`. */
export async function askCluster(
	api: OpenShiftApi | undefined,
	connect: () => Promise<Reached>,
	commandTimeoutMs: number,
): Promise<{readonly cluster: TellingCluster; readonly notes: readonly string[]}> {
	const notes: string[] = [];
	if (api !== undefined) {
		try {
			const {release, hosts, proxy} = await api.port.cluster();
			return {cluster: {clusterName: api.contextName, openshift: {release, hosts, proxy}}, notes};
		} catch (error) {
			notes.push(`the Kubernetes API does not tell of OpenShift: ${reasonOf(error)}`);
		}
	}
	try {
		const {transport, clusterName} = await connect();
		try {
			return {cluster: {clusterName, etcd: await etcdFacts(transport, commandTimeoutMs)}, notes};
		} finally {
			transport.close();
		}
	} catch (error) {
		notes.push(`etcd does not answer: ${reasonOf(error)}`);
		return {cluster: {}, notes};
	}
}

async function etcdFacts(transport: Transport, timeoutMs: number): Promise<{version: string; members: readonly Member[]}> {
	const {members} = await transport.membership({timeoutMs});
	const statuses = await Promise.allSettled(members.map((member) => transport.status(member, {timeoutMs})));
	const [version] = statuses.flatMap((status) => (status.status === 'fulfilled' ? [status.value.version] : []));
	if (version === undefined) {
		throw new TransportError({kind: 'unreachable', message: 'no member tells its version', nextStep: 'etcdtop status says why.'});
	}
	return {version, members};
}
