/** From what is known of a backup and its cluster to the runbook of its restore. */
import {etcdRunbook} from './restore-etcd.ts';
import {type RestoreInputs, whyNoRunbook} from './restore-inputs.ts';
import {openshiftRunbook} from './restore-openshift.ts';
import type {Runbook} from './runbook.ts';

export type RestorePlan =
	| {readonly kind: 'runbook'; readonly runbook: Runbook}
	| {readonly kind: 'refused'; readonly why: string};

export function planRestore(inputs: RestoreInputs): RestorePlan {
	const why = whyNoRunbook(inputs);
	if (why !== undefined) {
		return {kind: 'refused', why};
	}
	return {kind: 'runbook', runbook: inputs.kind === 'openshift' ? openshiftRunbook(inputs) : etcdRunbook(inputs)};
}
