/**
 * What is written beside a backup, so that a restore months later knows what it is made from: the cluster, its versions, its members
 * with their URLs, and the files with their checksums. It travels with the files, through other hands: nothing in it is believed before
 * `parseManifest` has looked at it.
 */
export type BackupManifest = {
	readonly version: 1;
	readonly kind: 'etcd snapshot' | 'openshift backup';
	/** ISO 8601 in UTC. */
	readonly createdAt: string;
	readonly clusterId: string;
	readonly clusterName: string;
	readonly etcdVersion: string;
	/** With its z-stream: `4.17.3`. */
	readonly openshiftVersion?: string;
	readonly takenFrom: {readonly memberName: string; readonly memberId: string; readonly node?: string};
	readonly files: readonly BackupFile[];
	readonly snapshot?: {readonly revision: string; readonly totalKeys: number; readonly hash: string};
	/** `isPartial`: a migration was under way, so that some resources are encrypted and some are not. */
	readonly encryption?: {readonly type: string; readonly isPartial: boolean};
	readonly members: readonly BackupMember[];
};

export type BackupFile = {
	readonly role: 'snapshot' | 'static_kuberesources';
	readonly name: string;
	/** Where it was put when not beside the manifest: keys belong somewhere else than what they open. */
	readonly directory?: string;
	readonly bytes: number;
	/** Of the whole file, in lower-case hexadecimal. */
	readonly sha256: string;
};

export type BackupMember = {
	readonly name: string;
	readonly id: string;
	readonly peerUrls: readonly string[];
	readonly clientUrls: readonly string[];
	readonly node?: string;
	readonly dataDirectory?: string;
};

/** A manifest of a hundred members has 50 KB; what is longer is something else, and isn't read. */
export const largestManifestBytes = 1024 * 1024;

/** `snapshot_2026-11-27_093000.manifest.json` of `snapshot_2026-11-27_093000.db`. */
export function manifestName(snapshotName: string): string {
	return `${snapshotName.replace(/\.db$/, '')}.manifest.json`;
}

/** `2026-11-27_093000` in UTC, of an ISO 8601 instant: what both files of a backup are named by, as OpenShift's script names them. */
export function backupStamp(createdAt: string): string {
	return createdAt.replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2}).*$/, '$1_$2$3$4');
}

export function snapshotName(stamp: string): string {
	return `snapshot_${stamp}.db`;
}

export function serializeManifest(manifest: BackupManifest): string {
	return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** The manifest in a text, or why it is none. Strings come as they were written: strip them before they are shown. */
export function parseManifest(text: string): BackupManifest | {readonly damage: string} {
	if (text.length > largestManifestBytes) {
		return {damage: 'too long for a manifest'};
	}
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return {damage: text.trim() === '' ? 'empty' : 'not JSON, or cut off'};
	}
	if (isRecord(value) && value['version'] !== 1 && typeof value['version'] === 'number') {
		return {damage: `version ${value['version']}, this program knows 1`};
	}
	const wrong = manifestShape(value, '');
	return wrong === undefined ? (value as BackupManifest) : {damage: wrong};
}

/** What is wrong with a value found at `path`, in words; undefined where nothing is. */
type Shape = (value: unknown, path: string) => string | undefined;

const text: Shape = (value, path) => (typeof value === 'string' ? undefined : `${path} is not a text`);
const filled: Shape = (value, path) => (typeof value === 'string' && value !== '' ? undefined : `${path} is empty or not a text`);
const flag: Shape = (value, path) => (typeof value === 'boolean' ? undefined : `${path} is not true or false`);
const count: Shape = (value, path) =>
	typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? undefined : `${path} is not a count`;

function matching(pattern: RegExp, what: string): Shape {
	return (value, path) => (typeof value === 'string' && pattern.test(value) ? undefined : `${path} is not ${what}`);
}

function oneOf(...choices: readonly unknown[]): Shape {
	return (value, path) => (choices.includes(value) ? undefined : `${path} is not ${choices.join(' or ')}`);
}

function listOf(shape: Shape): Shape {
	return (value, path) =>
		Array.isArray(value) ? first(value.map((item, index) => shape(item, `${path}[${index}]`))) : `${path} is not a list`;
}

function optional(shape: Shape): Shape {
	return (value, path) => (value === undefined ? undefined : shape(value, path));
}

function record(fields: Readonly<Record<string, Shape>>): Shape {
	return (value, path) => {
		if (!isRecord(value)) {
			return `${path === '' ? 'it' : path} is not an object`;
		}
		const at = (name: string) => (path === '' ? name : `${path}.${name}`);
		return first(
			Object.entries(fields).map(([name, shape]) => shape(Object.hasOwn(value, name) ? value[name] : undefined, at(name))),
		);
	};
}

function first(found: readonly (string | undefined)[]): string | undefined {
	return found.find((one) => one !== undefined);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name alone: one that leads elsewhere would have a restore read what nobody backed up. */
const fileName: Shape = (value, path) =>
	typeof value === 'string' && /^[^/\\]+$/.test(value) && value !== '.' && value !== '..'
		? undefined
		: `${path} is not the name of a file`;

const id = matching(/^[0-9a-f]{1,16}$/, 'an id in hexadecimal');

const manifestShape = record({
	version: oneOf(1),
	kind: oneOf('etcd snapshot', 'openshift backup'),
	createdAt: matching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/, 'an instant in UTC'),
	clusterId: id,
	clusterName: text,
	etcdVersion: filled,
	openshiftVersion: optional(filled),
	takenFrom: record({memberName: text, memberId: id, node: optional(filled)}),
	files: listOf(
		record({
			role: oneOf('snapshot', 'static_kuberesources'),
			name: fileName,
			directory: optional(filled),
			bytes: count,
			sha256: matching(/^[0-9a-f]{64}$/, 'a SHA-256'),
		}),
	),
	snapshot: optional(
		record({
			revision: matching(/^\d{1,19}$/, 'a revision'),
			totalKeys: count,
			hash: matching(/^[0-9a-f]{1,8}$/, 'a hash of 32 bits'),
		}),
	),
	encryption: optional(record({type: text, isPartial: flag})),
	members: listOf(
		record({
			name: text,
			id,
			peerUrls: listOf(text),
			clientUrls: listOf(text),
			node: optional(filled),
			dataDirectory: optional(filled),
		}),
	),
});
