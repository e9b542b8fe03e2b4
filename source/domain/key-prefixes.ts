/** What a database holds, by the beginning of its keys: counted from pages of keys, with sizes of values estimated from a few of them. */
import type {KeyFound} from './key-page.ts';

/** Keys that begin alike. */
export type PrefixGroup = {
	readonly prefix: string;
	readonly keys: number;
	readonly keyBytes: number;
	/** Values that were read for their size. */
	readonly samples: number;
	readonly sampledBytes: number;
};

export type PrefixTable = {
	readonly keys: number;
	readonly groups: readonly PrefixGroup[];
	/** Everything that found no room: the smallest. */
	readonly others?: PrefixGroup;
};

export type Sampled = {readonly prefix: string; readonly bytes: number};

/** So many beginnings are kept; a cluster of Kubernetes has about a hundred kinds of resources. Bounds what a hostile database can take. */
export const maximumPrefixes = 200;

/** Values read for each beginning, on each page and in all: a mean of fifty is near enough for "what grew". */
export const samplesPerPage = 2;
export const samplesPerPrefix = 50;

/** Values read for one page, of all beginnings together: each may have a MiB. */
export const samplesOfPage = 8;

const othersPrefix = 'others';

/** Cells that a table can show; what is longer is told apart by its beginning all the same. */
const maximumLength = 80;

export const emptyPrefixTable: PrefixTable = {keys: 0, groups: []};

/** Of Kubernetes and of both API servers of OpenShift, as they are set up there. */
const roots = new Set(['registry', 'kubernetes.io', 'openshift.io']);

/** Kept in two parts: `services/specs` and `services/endpoints`. */
const inTwoParts = new Set(['services']);

/**
 * `/registry/pods/ns/name` → `/registry/pods`. A resource of another group than Kubernetes' first has the group before it, and groups
 * have a dot: `/registry/apps.example.org/things/ns/name` → `/registry/apps.example.org/things`. Elsewhere the first part counts.
 */
export function prefixOf(name: string): string {
	const slash = name.startsWith('/') ? '/' : '';
	const [first = '', ...rest] = name.slice(slash.length).split('/');
	if (rest.length === 0) {
		// `key-17` and `key-18` begin alike.
		return cut(`${slash}${first.replace(/\d+$/, '…')}`);
	}
	if (slash === '' || !roots.has(first)) {
		return cut(`${slash}${first}`);
	}
	const [resource = '', second = ''] = rest;
	const isDeep = rest.length > 2 && (resource.includes('.') || inTwoParts.has(resource));
	return cut(`/${first}/${resource}${isDeep ? `/${second}` : ''}`);
}

function cut(prefix: string): string {
	const characters = [...prefix];
	return characters.length > maximumLength ? `${characters.slice(0, maximumLength - 1).join('')}…` : prefix;
}

export function addKeys(table: PrefixTable, keys: readonly KeyFound[]): PrefixTable {
	const groups = new Map(table.groups.map((group) => [group.prefix, group]));
	for (const {name, bytes} of keys) {
		const prefix = prefixOf(name);
		const known = groups.get(prefix) ?? emptyGroup(prefix);
		groups.set(prefix, {...known, keys: known.keys + 1, keyBytes: known.keyBytes + bytes});
	}
	const {name = ''} = keys.at(-1) ?? {};
	return bounded({...table, keys: table.keys + keys.length, groups: [...groups.values()]}, prefixOf(name));
}

export function addSamples(table: PrefixTable, samples: readonly Sampled[]): PrefixTable {
	const add = (group: PrefixGroup): PrefixGroup => {
		const own = samples.filter(({prefix}) => prefix === group.prefix);
		const sampledBytes = own.reduce((sum, {bytes}) => sum + bytes, group.sampledBytes);
		return own.length === 0 ? group : {...group, samples: group.samples + own.length, sampledBytes};
	};
	return {...table, groups: table.groups.map(add)};
}

/** Of which keys of a page the values are read: a few of each beginning, spread over it, those known least first. */
export function keysToSample(table: PrefixTable, page: readonly KeyFound[]): readonly KeyFound[] {
	const byPrefix = Map.groupBy(page, ({name}) => prefixOf(name));
	const known = (prefix: string) => table.groups.find((group) => group.prefix === prefix)?.samples ?? 0;
	return [...byPrefix]
		.toSorted(([one], [other]) => known(one) - known(other))
		.flatMap(([prefix, keys]) => {
			const wanted = Math.min(samplesPerPage, Math.max(0, samplesPerPrefix - known(prefix)), keys.length);
			return Array.from({length: wanted}, (_, index) => keys[Math.floor(((index + 0.5) * keys.length) / wanted)]!);
		})
		.slice(0, samplesOfPage);
}

/** Of keys and values as they are now, without their history; absent where no value was read. */
export function estimatedBytes({keys, keyBytes, samples, sampledBytes}: PrefixGroup): number | undefined {
	return samples === 0 ? undefined : keyBytes + (keys * sampledBytes) / samples;
}

/** By their estimated size, else by their keys' own. */
export function largestGroups({groups, others}: PrefixTable): readonly PrefixGroup[] {
	const size = (group: PrefixGroup) => estimatedBytes(group) ?? group.keyBytes;
	return [...groups.toSorted((a, b) => size(b) - size(a)), ...(others === undefined ? [] : [others])];
}

/** Keys are read in their order: every beginning but the newest has been passed and does not grow any more, and the smallest make room. */
function bounded(table: PrefixTable, newest: string): PrefixTable {
	if (table.groups.length <= maximumPrefixes) {
		return table;
	}
	const {others = emptyGroup(othersPrefix), ...rest} = table;
	const ordered = largestGroups(rest).toSorted((a, b) => Number(b.prefix === newest) - Number(a.prefix === newest));
	const sum = (one: PrefixGroup, other: PrefixGroup): PrefixGroup => ({
		prefix: othersPrefix,
		keys: one.keys + other.keys,
		keyBytes: one.keyBytes + other.keyBytes,
		samples: one.samples + other.samples,
		sampledBytes: one.sampledBytes + other.sampledBytes,
	});
	return {
		...rest,
		groups: ordered.slice(0, maximumPrefixes),
		others: ordered.slice(maximumPrefixes).reduce(sum, others),
	};
}

function emptyGroup(prefix: string): PrefixGroup {
	return {prefix, keys: 0, keyBytes: 0, samples: 0, sampledBytes: 0};
}
