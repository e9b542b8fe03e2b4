import {expect, test} from 'vitest';
import type {KeyFound} from '../../source/domain/key-page.ts';
import {
	addKeys,
	addSamples,
	emptyPrefixTable,
	estimatedBytes,
	keysToSample,
	largestGroups,
	maximumPrefixes,
	type PrefixTable,
	prefixOf,
	samplesOfPage,
	samplesPerPage,
	samplesPerPrefix,
} from '../../source/domain/key-prefixes.ts';

const keysOf = (...names: readonly string[]): readonly KeyFound[] => names.map((name) => ({name, id: name, bytes: name.length}));

const many = (prefix: string, count: number) => keysOf(...Array.from({length: count}, (_, index) => `${prefix}/${index}`));

test.each([
	['/registry/pods/default/web-0', '/registry/pods'],
	['/registry/namespaces/default', '/registry/namespaces'],
	['/registry/services/specs/default/kubernetes', '/registry/services/specs'],
	['/registry/services/endpoints/default/kubernetes', '/registry/services/endpoints'],
	['/registry/operators.coreos.com/clusterserviceversions/ns/name', '/registry/operators.coreos.com/clusterserviceversions'],
	['/registry/example.org/things', '/registry/example.org'],
	['/kubernetes.io/secrets/ns/name', '/kubernetes.io/secrets'],
	['/kubernetes.io/monitoring.coreos.com/prometheusrules/ns/name', '/kubernetes.io/monitoring.coreos.com/prometheusrules'],
	['/openshift.io/images/sha256:abc', '/openshift.io/images'],
	['compact_rev_key', 'compact_rev_key'],
	['/other/things/a', '/other'],
	['other/things/a', 'other'],
	['key-17', 'key-…'],
	['', ''],
	['/', '/'],
])('%s belongs to %s', (name, prefix) => {
	expect(prefixOf(name)).toBe(prefix);
});

test('keys are counted, and their sizes estimated from those that were read', () => {
	const counted = addKeys(addKeys(emptyPrefixTable, many('/registry/pods/a', 3)), many('/registry/events/a', 10));
	const table = addSamples(counted, [
		{prefix: '/registry/events', bytes: 900},
		{prefix: '/registry/events', bytes: 1100},
	]);
	expect(table.keys).toBe(13);
	const [events, pods] = largestGroups(table);
	expect(events).toMatchObject({prefix: '/registry/events', keys: 10, samples: 2});
	expect(estimatedBytes(events!)).toBe(10 * 1000 + 10 * '/registry/events/a/0'.length);
	expect(estimatedBytes(pods!)).toBeUndefined();
});

test('a few values of each beginning are read, those known least first, and no more than a page may cost', () => {
	const page = [...many('/registry/pods/a', 300), ...many('/registry/events/a', 200)];
	const chosen = keysToSample(emptyPrefixTable, page);
	expect(chosen.map(({name}) => name)).toEqual([
		'/registry/pods/a/75',
		'/registry/pods/a/225',
		'/registry/events/a/50',
		'/registry/events/a/150',
	]);
	const known = addSamples(
		addKeys(emptyPrefixTable, page),
		Array.from({length: samplesPerPrefix}, () => ({prefix: '/registry/pods', bytes: 1})),
	);
	expect(keysToSample(known, page).map(({name}) => prefixOf(name))).toEqual(['/registry/events', '/registry/events']);
	const wide = Array.from({length: 100}, (_, index) => many(`/registry/r${index}/a`, 5)).flat();
	expect(keysToSample(emptyPrefixTable, wide)).toHaveLength(samplesOfPage);
	expect(samplesOfPage).toBeLessThan(100 * samplesPerPage);
});

test('what a database of nothing but beginnings takes is bounded, and every key counts', () => {
	let table: PrefixTable = emptyPrefixTable;
	for (let page = 0; page < 20; page++) {
		table = addKeys(table, keysOf(...Array.from({length: 500}, (_, index) => `${page}-${index}-x/${'y'.repeat(300)}`)));
	}
	for (let page = 0; page < 20; page++) {
		table = addKeys(table, many('/registry/pods/a', 7));
	}
	expect(table.groups).toHaveLength(maximumPrefixes);
	expect(table.groups.find(({prefix}) => prefix === '/registry/pods')?.keys).toBe(140);
	const all = [...table.groups, table.others!];
	expect(all.reduce((sum, {keys}) => sum + keys, 0)).toBe(table.keys);
	expect(Math.max(...all.map(({prefix}) => prefix.length))).toBeLessThanOrEqual(80);
});
