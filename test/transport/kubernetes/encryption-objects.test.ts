/** What operators and keys tell, as data: also where another hand wrote it. */
import {describe, expect, it} from 'vitest';
import {conditionsOf, keyOf, type OperatorObject} from '../../../source/transport/kubernetes/encryption-objects.ts';

const encrypted = {type: 'Encrypted', status: 'True', reason: 'EncryptionCompleted', message: 'All resources encrypted: secrets'};
const told = {
	encrypted: {reason: 'EncryptionCompleted', message: 'All resources encrypted: secrets'},
	migrating: [],
	failing: [],
};
const nothing = {migrating: [], failing: []};
const operator = (conditions: unknown, status: object = {}) =>
	conditionsOf({status: {conditions, ...status}} as unknown as OperatorObject);

describe('an operator', () => {
	it.each<[what: string, read: ReturnType<typeof operator>, wanted: object]>([
		['at rest', operator([encrypted]), told],
		[
			'its static pods roll out',
			operator([encrypted, {type: 'NodeInstallerProgressing', status: 'True', message: '1 node is at revision 7'}]),
			{...told, converging: '1 node is at revision 7'},
		],
		[
			'its Deployment rolls out, and says no more',
			operator([encrypted, {type: 'APIServerDeploymentProgressing', status: 'True'}]),
			{...told, converging: 'APIServerDeploymentProgressing'},
		],
		[
			'nodes differ, and no condition says it yet',
			operator([encrypted], {
				latestAvailableRevision: 8,
				nodeStatuses: [{nodeName: 'a', currentRevision: 8}, {nodeName: 'b', currentRevision: 7}, {nodeName: 'c'}],
			}),
			{...told, converging: 'not at revision 8 yet: b, c'},
		],
		[
			'writing anew',
			operator([
				{
					type: 'EncryptionMigrationControllerProgressing',
					status: 'True',
					message: 'migrating resources to a new write key: [core/configmaps route.openshift.io/routes]',
				},
			]),
			{...nothing, migrating: ['configmaps', 'routes.route.openshift.io']},
		],
		[
			'what was written anew before',
			operator([{type: 'EncryptionMigrationControllerProgressing', status: 'False', message: '[core/configmaps]'}]),
			nothing,
		],
		[
			'a controller that fails',
			operator([
				{type: 'EncryptionPruneControllerDegraded', status: 'True', reason: 'Error', message: ''},
				{type: 'EncryptionStateControllerDegraded', status: 'False', message: 'was'},
				{type: 'NodeControllerDegraded', status: 'True', message: 'of another'},
			]),
			{...nothing, failing: ['EncryptionPruneController: Error']},
		],
		['no conditions', operator(undefined), nothing],
		['conditions of another shape', operator('many'), nothing],
		[
			'fields of another shape',
			operator([{type: 'Encrypted', reason: 7, message: {}}]),
			{...nothing, encrypted: {reason: '', message: ''}},
		],
		['no status', conditionsOf({}), nothing],
	])('%s', (_, read, wanted) => {
		expect(read).toEqual(wanted);
	});
});

describe('a key', () => {
	const prefix = 'encryption.apiserver.operator.openshift.io/';
	const named = (name: string, annotations: Record<string, string> = {}) =>
		keyOf({name, labels: {[`${prefix}component`]: 'openshift-apiserver'}, annotations});
	const bare = {component: 'openshift-apiserver', mode: '', migrated: []};

	it.each<[what: string, read: ReturnType<typeof keyOf>, wanted: object | undefined]>([
		[
			'with all that there is',
			keyOf({
				name: 'encryption-key-openshift-apiserver-12',
				creationTimestamp: new Date(1_800_000_000_000),
				labels: {[`${prefix}component`]: 'openshift-apiserver'},
				annotations: {
					[`${prefix}mode`]: 'aescbc',
					[`${prefix}migrated-timestamp`]: '2027-01-15T08:00:10Z',
					[`${prefix}migrated-resources`]:
						'{"resources":[{"Group":"route.openshift.io","Resource":"routes"},{"Group":"","Resource":"secrets"}]}',
				},
			}),
			{
				component: 'openshift-apiserver',
				id: 12,
				mode: 'aescbc',
				createdAtMs: 1_800_000_000_000,
				migrated: ['routes.route.openshift.io', 'secrets'],
				migratedAtMs: 1_800_000_010_000,
			},
		],
		['of another name', named('encryption-config-openshift-apiserver'), undefined],
		['with a number that is none', named('encryption-key-openshift-apiserver-9999999999999999'), undefined],
		[
			'of which nothing can be read',
			named('encryption-key-a-1', {[`${prefix}migrated-resources`]: '{', [`${prefix}migrated-timestamp`]: 'soon'}),
			{...bare, id: 1},
		],
		[
			'with a list of another shape',
			named('encryption-key-a-1', {[`${prefix}migrated-resources`]: '{"resources":[7,null,{"Resource":{}}]}'}),
			{...bare, id: 1},
		],
		[
			'with text that would draw',
			named('encryption-key-a-1', {[`${prefix}mode`]: '\x1b[2Jaes\u202ecbc'}),
			{...bare, id: 1, mode: 'aescbc'},
		],
		['of nothing', keyOf(undefined), undefined],
	])('%s', (_, read, wanted) => {
		expect(read).toEqual(wanted);
	});
});
