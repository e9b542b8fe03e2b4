import {expect, test} from 'vitest';
import type {FailureKind} from '../../../source/domain/failure.ts';
import type {KubernetesClient} from '../../../source/transport/kubernetes/client.ts';
import type {PodObject} from '../../../source/transport/kubernetes/etcd-pod.ts';
import {findEtcd} from '../../../source/transport/kubernetes/find-etcd.ts';
import {TransportError} from '../../../source/transport/transport-error.ts';
import {failure} from '../failure.ts';

const options = {timeoutMs: 1000};

/** An API that answers for each namespace with pods of these names, or fails. */
function clientWith(answers: Readonly<Record<string, readonly string[] | FailureKind>>): KubernetesClient {
	const request = async (what: string) => {
		const namespace = what.split(' in ')[1] ?? '';
		const answer = answers[namespace] ?? [];
		if (typeof answer === 'string') {
			throw new TransportError({kind: answer, message: `${what}: ${answer}`, nextStep: ''});
		}
		const items = answer.map((name): PodObject => ({metadata: {name, namespace}, spec: {containers: [{name: 'etcd'}]}}));
		return {items};
	};
	return {request, context: {name: 'here'}} as unknown as KubernetesClient;
}

test('the first place that has any counts', async () => {
	const {place, distribution} = await findEtcd(clientWith({'openshift-etcd': ['a'], 'kube-system': ['b']}), {}, options);
	expect({place, distribution}).toEqual({place: {namespace: 'openshift-etcd', selector: 'app=etcd'}, distribution: 'OpenShift'});
	expect((await findEtcd(clientWith({'kube-system': ['b']}), {}, options)).place.namespace).toBe('kube-system');
});

test('a place that may not be looked at is passed over', async () => {
	const client = clientWith({'openshift-etcd': 'permission-denied', 'kube-system': ['b']});
	expect((await findEtcd(client, {}, options)).place.namespace).toBe('kube-system');
});

test.each(['timed-out', 'unreachable'] as const)(
	'another etcd is not taken where the first place was %s: the next time it would be the first',
	async (kind) => {
		const told = await failure(findEtcd(clientWith({'openshift-etcd': kind, 'kube-system': ['b']}), {}, options));
		expect(told).toMatchObject({kind, message: `pods with app=etcd in openshift-etcd: ${kind}`});
	},
);
