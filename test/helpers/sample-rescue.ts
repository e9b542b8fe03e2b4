/** Rescues of `ocp-west`, out of space at 03:09:41, as pictures show them. */
import type {Rescue, RescueState} from '../../source/domain/rescue.ts';
import type {State} from '../../source/engine/state.ts';
import {GiB, MiB, ocpAt, ocpState} from './sample-state.ts';

const state = ocpState();
export const wall = (time: string): number => ocpAt(time) + state.wallOffsetMs;

const group = (prefix: string, keys: number, meanBytes: number) => ({
	prefix,
	keys,
	keyBytes: keys * 60,
	samples: 50,
	sampledBytes: 50 * meanBytes,
});

export const sampleRescue: Rescue = {
	version: 1,
	clusterId: 'cdf818194e3a8c32',
	operator: 'ana@bastion-1',
	startedAt: wall('03:11:02'),
	round: 1,
	raised: [
		{memberId: '264c7c58ecbdabee', name: 'ip-10-0-159-225.example.redhat.com', since: wall('03:09:41'), sinceStart: false},
	],
	before: [
		{name: 'ip-10-0-159-225', dbSizeBytes: 8 * GiB, dbSizeInUseBytes: 2.11 * GiB, quotaBytes: 8 * GiB, quotaAssumed: false},
	],
	growthBeforeAlarm: 1.2 * MiB,
	scan: {
		phase: 'done',
		member: 'ip-10-0-191-37',
		table: {
			keys: 131_204,
			groups: [
				group('/kubernetes.io/pods', 4210, 14_000),
				group('/kubernetes.io/events', 98_221, 900),
				group('/kubernetes.io/operators.coreos.com/clusterserviceversions', 2840, 310_000),
				group('/kubernetes.io/secrets', 8110, 21_000),
				group('/openshift.io/images', 1903, 9000),
			],
		},
	},
};

export function stateWith(shown: Partial<Rescue>, decision: RescueState['decision'], changes: Partial<State> = {}): State {
	return ocpState({...changes, rescue: {rescue: {...sampleRescue, ...shown}, decision}});
}
