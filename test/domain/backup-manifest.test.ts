import {expect, test} from 'vitest';
import {
	type BackupManifest,
	backupStamp,
	manifestName,
	parseManifest,
	serializeManifest,
	snapshotName,
} from '../../source/domain/backup-manifest.ts';

const sha256 = 'ab'.repeat(32);

const manifest: BackupManifest = {
	version: 1,
	kind: 'openshift backup',
	createdAt: '2026-11-27T09:30:05Z',
	clusterId: 'cdf818194e3a8c32',
	clusterName: 'prod-eu-1',
	etcdVersion: '3.5.30',
	openshiftVersion: '4.17.3',
	takenFrom: {memberName: 'master-0', memberId: '8e9e05c52164694d', node: 'master-0.example.com'},
	files: [
		{role: 'snapshot', name: 'snapshot_2026-11-27_093005.db', bytes: 2048, sha256},
		{
			role: 'static_kuberesources',
			name: 'static_kuberesources_2026-11-27_093005.tar.gz',
			directory: '/keys',
			bytes: 512,
			sha256,
		},
	],
	snapshot: {revision: '9007199254740993', totalKeys: 12, hash: 'cf1550fb'},
	encryption: {type: 'aescbc', isPartial: true},
	members: [
		{
			name: 'master-0',
			id: '8e9e05c52164694d',
			peerUrls: ['https://10.0.0.1:2380'],
			clientUrls: ['https://10.0.0.1:2379'],
			node: 'master-0.example.com',
			dataDirectory: '/var/lib/etcd',
		},
	],
};

test('what was written is read again, with and without what plain etcd has not', () => {
	const {openshiftVersion: _, snapshot: __, encryption: ___, ...plain} = manifest;
	expect(parseManifest(serializeManifest(manifest))).toEqual(manifest);
	expect(parseManifest(serializeManifest({...plain, kind: 'etcd snapshot'}))).toEqual({...plain, kind: 'etcd snapshot'});
});

const withField = (path: readonly string[], value: unknown) => nested(manifest, path, value);

function nested(one: unknown, [head = '', ...rest]: readonly string[], value: unknown): unknown {
	const copy = (Array.isArray(one) ? [...one] : {...(one as object)}) as Record<string, unknown>;
	copy[head] = rest.length === 0 ? value : nested(copy[head], rest, value);
	return copy;
}

test.each<[string, string, string]>([
	['nothing', '', 'empty'],
	['a cut file', serializeManifest(manifest).slice(0, -20), 'not JSON, or cut off'],
	['a list', '[]', 'it is not an object'],
	['another version', JSON.stringify(withField(['version'], 2)), 'version 2, this program knows 1'],
	['no version', JSON.stringify(withField(['version'], undefined)), 'version is not 1'],
	['another kind', JSON.stringify(withField(['kind'], 'tape')), 'kind is not etcd snapshot or openshift backup'],
	['a local time', JSON.stringify(withField(['createdAt'], '2026-11-27 09:30')), 'createdAt is not an instant in UTC'],
	['a name with a path', JSON.stringify(withField(['files', '0', 'name'], '../x.db')), 'files[0].name is not the name of a file'],
	['a short checksum', JSON.stringify(withField(['files', '1', 'sha256'], 'ab')), 'files[1].sha256 is not a SHA-256'],
	['a size below nothing', JSON.stringify(withField(['files', '0', 'bytes'], -1)), 'files[0].bytes is not a count'],
	[
		'a hash of another length',
		JSON.stringify(withField(['snapshot', 'hash'], '123456789')),
		'snapshot.hash is not a hash of 32 bits',
	],
	['members that are none', JSON.stringify(withField(['members'], {})), 'members is not a list'],
	['a URL that is none', JSON.stringify(withField(['members', '0', 'peerUrls', '0'], 7)), 'members[0].peerUrls[0] is not a text'],
	[
		'a field of all objects',
		JSON.stringify(manifest).replace('"clusterName":"prod-eu-1",', '"__proto__":{"clusterName":"x"},'),
		'clusterName is not a text',
	],
	['far too much', ' '.repeat(2 * 1024 * 1024), 'too long for a manifest'],
])('%s is refused with its reason', (_, text, damage) => {
	expect(parseManifest(text)).toEqual({damage});
});

test('the names are those of OpenShift, by the time in UTC', () => {
	const stamp = backupStamp('2026-11-27T09:30:05.123Z');
	expect(snapshotName(stamp)).toBe('snapshot_2026-11-27_093005.db');
	expect(manifestName(snapshotName(stamp))).toBe('snapshot_2026-11-27_093005.manifest.json');
});
