import {expect, test} from 'vitest';
import {displayWidth} from '../../source/format.ts';
import {shortNames} from '../../source/views/short-names.ts';

const ocp = ['ip-10-0-159-225', 'ip-10-0-191-37', 'ip-10-0-199-170'].map((host) => `${host}.example.redhat.com`);

test.each<[readonly string[], number, readonly string[]]>([
	[['etcd-0', 'etcd-1'], 12, ['etcd-0', 'etcd-1']],
	[ocp, 40, ocp],
	[ocp, 24, ['ip-10-0-159-225', 'ip-10-0-191-37', 'ip-10-0-199-170']],
	[ocp, 12, ['…159-225', '…191-37', '…199-170']],
	[['master-a.one.example.com', 'master-b.two.example.com'], 10, ['…a.one', '…b.two']],
	[['a.very.long.name.example.com'], 12, ['a.very.long…']],
	[['abcdefghijklmnop1', 'abcdefghijklmnop2'], 8, ['…klmnop1', '…klmnop2']],
	[['1abcdefghijklmnop', '2abcdefghijklmnop'], 8, ['1abcdef…', '2abcdef…']],
	[['aaaaaaaaaa1bbbbbbbbbb', 'aaaaaaaaaa2bbbbbbbbbb'], 8, ['aaaaa…#1', 'aaaaa…#2']],
	[[], 12, []],
])('%j in %i cells', (names, cells, expected) => {
	expect(shortNames(names, cells)).toEqual(expected);
});

test('never wider than the cells, never two the same, whatever the names', () => {
	const alphabet = ['a', 'b', '-', '.', '库', '1'];
	let seed = 7;
	const next = (below: number) => {
		seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
		return seed % below;
	};
	for (let round = 0; round < 500; round++) {
		const names = [
			...new Set(Array.from({length: 1 + next(6)}, () => Array.from({length: 1 + next(30)}, () => alphabet[next(6)]).join(''))),
		];
		const short = shortNames(names, 12);
		expect(new Set(short).size, names.join(' ')).toBe(names.length);
		expect(Math.max(...short.map(displayWidth))).toBeLessThanOrEqual(12);
	}
});
