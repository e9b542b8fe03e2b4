/** A debug pod on a node, as `oc debug node/` makes it, and the namespace for it where one of its own is wanted. */
import type {V1Namespace, V1Pod} from '@kubernetes/client-node';

/** On everything that is made for a backup: what is found with it, and nobody uses, was left behind. */
export const purposeLabel = 'etcdtop/purpose';
export const purpose = 'backup';
export const operatorAnnotation = 'etcdtop/operator';

export const containerName = 'backup';

/** The kubelet ends a pod of ours after so long, in seconds, whatever became of us: longer than any backup takes. */
export const podLifetimeSeconds = 4 * 60 * 60;

export type DebugPodRequest = {
	readonly name: string;
	readonly namespace: string;
	readonly node: string;
	/** One that the node has already. */
	readonly image: string;
	readonly operator: string;
	readonly variables: Readonly<Record<string, string>>;
};

export function debugPod({name, namespace, node, image, operator, variables}: DebugPodRequest): V1Pod {
	return {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: {
			name,
			namespace,
			labels: {'app.kubernetes.io/managed-by': 'etcdtop', [purposeLabel]: purpose},
			annotations: {
				[operatorAnnotation]: operator,
				// What `oc debug` says of its own.
				'debug.openshift.io/source-resource': `/v1, Resource=nodes/${node}`,
			},
		},
		spec: {
			// Not for a scheduler to choose: it goes to this node whatever else is wanted there.
			nodeName: node,
			tolerations: [{operator: 'Exists'}],
			hostPID: true,
			hostNetwork: true,
			restartPolicy: 'Never',
			terminationGracePeriodSeconds: 5,
			activeDeadlineSeconds: podLifetimeSeconds,
			automountServiceAccountToken: false,
			enableServiceLinks: false,
			containers: [
				{
					name: containerName,
					image,
					imagePullPolicy: 'IfNotPresent',
					command: ['/bin/sh', '-c', `trap 'exit 0' TERM INT; sleep ${podLifetimeSeconds} & wait`],
					env: Object.entries(variables).map(([key, value]) => ({name: key, value})),
					securityContext: {privileged: true, runAsUser: 0},
					volumeMounts: [{name: 'host', mountPath: '/host'}],
				},
			],
			volumes: [{name: 'host', hostPath: {path: '/', type: 'Directory'}}],
		},
	};
}

/** No node selector, whatever the cluster's default; and privileged pods, whatever its policy. */
export function debugNamespace(name: string, operator: string): V1Namespace {
	return {
		apiVersion: 'v1',
		kind: 'Namespace',
		metadata: {
			name,
			labels: {
				'app.kubernetes.io/managed-by': 'etcdtop',
				[purposeLabel]: purpose,
				'pod-security.kubernetes.io/enforce': 'privileged',
				'pod-security.kubernetes.io/audit': 'privileged',
				'pod-security.kubernetes.io/warn': 'privileged',
				'security.openshift.io/scc.podSecurityLabelSync': 'false',
			},
			annotations: {'openshift.io/node-selector': '', [operatorAnnotation]: operator},
		},
	};
}

/** The part of a pod's object that tells how it is. */
export type PodObject = {
	readonly spec?: {readonly nodeName?: string};
	readonly status?: {
		readonly phase?: string;
		readonly reason?: string;
		readonly message?: string;
		readonly conditions?: readonly {readonly type: string; readonly status: string; readonly message?: string}[];
		readonly containerStatuses?: readonly {
			readonly state?: {readonly running?: object; readonly waiting?: {readonly reason?: string; readonly message?: string}};
		}[];
	};
};

export type PodProgress =
	| {readonly kind: 'running'}
	| {readonly kind: 'waiting'; readonly why: string}
	/** It won't run as it is. `isSelector`: a default node selector keeps it off this node. */
	| {readonly kind: 'hopeless'; readonly why: string; readonly isSelector: boolean};

const hopelessReasons =
	/^(ErrImage|ImagePullBackOff|InvalidImageName|CreateContainer(Config)?Error|RunContainerError|CrashLoopBackOff)/;

export function podProgress({status = {}}: PodObject): PodProgress {
	const [container] = status.containerStatuses ?? [];
	const {reason = '', message = ''} = status;
	if (status.phase === 'Failed' || status.phase === 'Succeeded') {
		const why = [reason, message].filter((text) => text !== '').join(': ');
		return {
			kind: 'hopeless',
			why: why === '' ? `it is ${status.phase} at once` : why,
			isSelector: /NodeAffinity|NodeSelector/i.test(`${reason} ${message}`),
		};
	}
	if (container?.state?.running !== undefined) {
		return {kind: 'running'};
	}
	const waiting = container?.state?.waiting;
	if (waiting?.reason !== undefined && hopelessReasons.test(waiting.reason)) {
		return {
			kind: 'hopeless',
			why: [waiting.reason, waiting.message ?? ''].filter((text) => text !== '').join(': '),
			isSelector: false,
		};
	}
	const unscheduled = status.conditions?.find(({type, status: value}) => type === 'PodScheduled' && value === 'False');
	if (unscheduled !== undefined) {
		const why = unscheduled.message ?? 'nothing schedules it';
		return {kind: 'hopeless', why, isSelector: /affinity|selector/i.test(why)};
	}
	return {kind: 'waiting', why: waiting?.reason ?? status.phase ?? 'the kubelet says nothing of it yet'};
}
