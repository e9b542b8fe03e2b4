/** The Lease that holds a run across machines, in etcd's namespace. */
import {CoordinationV1Api, type V1Lease, V1MicroTime} from '@kubernetes/client-node';
import {type LeaseRecord, type LeaseStep, leaseExpiryMs} from '../../domain/run-lease.ts';
import type {LeasePort} from '../platform.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import {statusCodeOf} from './api-failure.ts';
import type {KubernetesClient} from './client.ts';
import {askPermissions, type Permission} from './permissions.ts';

const name = 'etcdtop';
const stepAnnotation = 'etcdtop/step';
const lastAnnotation = 'etcdtop/last';

/** Creating can't be allowed by name: the name is not known to RBAC before the object is. */
export function leasePermissions(namespace: string): readonly Permission[] {
	const lease = {group: 'coordination.k8s.io', resource: 'leases', namespace} as const;
	return [
		{...lease, verb: 'get', name},
		{...lease, verb: 'create'},
		{...lease, verb: 'update', name},
	];
}

export function createLeasePort(client: KubernetesClient, namespace: string, call: CallOptions): LeasePort {
	const where = safeText(`Lease ${namespace}/${name}`);
	/** Roles change seldom: asked once. */
	let verdict: Promise<string | undefined> | undefined;

	async function whyNot(): Promise<string | undefined> {
		const wanted = leasePermissions(namespace);
		const missing = (await askPermissions(client, wanted, call)).missing(wanted);
		return missing.length === 0 ? undefined : `you may not ${missing.join(', ')}`;
	}

	return {
		where,
		whyNot() {
			verdict ??= whyNot().catch((error: unknown) => {
				verdict = undefined;
				throw error;
			});
			return verdict;
		},
		async read() {
			try {
				return recordOf(
					await client.request(
						where,
						CoordinationV1Api,
						(api, configuration) => api.readNamespacedLease({name, namespace}, configuration),
						call,
					),
				);
			} catch (error) {
				if (statusCodeOf(error) === 404) {
					return undefined;
				}
				throw error;
			}
		},
		async write(record, over) {
			const body = leaseOf(record, namespace, over);
			try {
				const written = await client.request(
					where,
					CoordinationV1Api,
					(api, configuration) =>
						over === undefined
							? api.createNamespacedLease({namespace, body}, configuration)
							: api.replaceNamespacedLease({name, namespace, body}, configuration),
					call,
				);
				return {kind: 'written', record: recordOf(written)};
			} catch (error) {
				return refusal(error);
			}
		},
	};
}

/** Throws what says nothing about who may hold it: an API that does not answer. */
function refusal(error: unknown): {readonly kind: 'conflict'} | {readonly kind: 'refused'; readonly why: string} {
	const failure = failureOf(error);
	const code = statusCodeOf(error);
	// Deleted meanwhile (404), or there already (409): somebody else was at it.
	if (code === 409 || code === 404) {
		return {kind: 'conflict'};
	}
	if (failure.kind === 'permission-denied') {
		return {kind: 'refused', why: failure.message};
	}
	if (/database space exceeded/.test(failure.message)) {
		return {kind: 'refused', why: 'under NOSPACE nothing can be written'};
	}
	throw error instanceof TransportError ? error : new TransportError(failure, error);
}

function leaseOf({holder, step, last}: Omit<LeaseRecord, 'version'>, namespace: string, version: string | undefined): V1Lease {
	return {
		apiVersion: 'coordination.k8s.io/v1',
		kind: 'Lease',
		metadata: {
			name,
			namespace,
			...(version !== undefined && {resourceVersion: version}),
			annotations: {
				...(step !== undefined && {[stepAnnotation]: JSON.stringify(step)}),
				...(last !== undefined && {[lastAnnotation]: JSON.stringify(last)}),
			},
		},
		spec: {
			holderIdentity: holder,
			leaseDurationSeconds: leaseExpiryMs / 1000,
			renewTime: new V1MicroTime(Date.now()),
		},
	};
}

/** Any hand may have written it: what can't be read of a step is one of nobody, which is over as soon as the members are listed. */
export function recordOf({metadata, spec}: V1Lease): LeaseRecord {
	const {resourceVersion = '', annotations = {}} = metadata ?? {};
	const [step, last] = [stepAnnotation, lastAnnotation].map((key) => {
		const text = annotations[key];
		return text === undefined ? undefined : stepOf(text);
	});
	return {
		version: resourceVersion,
		holder: safeText(spec?.holderIdentity ?? ''),
		...(step !== undefined && {step}),
		...(last !== undefined && {last}),
	};
}

/** Longer than any that is written here. */
const maximumStepText = 2000;

function stepOf(text: string): LeaseStep {
	let value: unknown;
	try {
		value = JSON.parse(text.slice(0, maximumStepText));
	} catch {
		value = undefined;
	}
	const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
	const word = (key: string) => (typeof fields[key] === 'string' ? safeText(fields[key]) : '');
	const figure = (key: string) => (Number.isFinite(fields[key]) ? {[key]: fields[key] as number} : {});
	return {
		id: word('id') || safeText(text),
		memberId: word('memberId'),
		name: word('name') || 'a member',
		...figure('count'),
		...figure('processStartSeconds'),
	};
}
