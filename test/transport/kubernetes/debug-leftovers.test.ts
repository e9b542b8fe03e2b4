/** What earlier backups left, of what the API lists: ours by its name, and told by a command that can be pasted. */
import {expect, it} from 'vitest';
import type {KubernetesClient} from '../../../source/transport/kubernetes/client.ts';
import {findLeftovers} from '../../../source/transport/kubernetes/debug-leftovers.ts';
import {removalCommand} from '../../../source/transport/kubernetes/debug-pod.ts';

it('a label alone makes no pod ours to remove', async () => {
	const pod = (name: string) => ({metadata: {name}, spec: {nodeName: 'cp-1'}, status: {phase: 'Succeeded'}});
	const items = [pod('etcd-cp-1'), pod('etcdtop-backup-1a2b3c4d')];
	const client = {request: async (what: string) => ({items: what.startsWith('debug pods') ? items : []})};
	const found = await findLeftovers(client as unknown as KubernetesClient, 'openshift-etcd', {timeoutMs: 1000});
	expect(found.map(({command}) => command)).toEqual(['oc -n openshift-etcd delete pod etcdtop-backup-1a2b3c4d']);
});

it("a server's name is one word of the shell", () => {
	expect(removalCommand({namespace: 'x; reboot', name: '', ownsNamespace: true})).toBe("oc delete namespace 'x; reboot'");
});
