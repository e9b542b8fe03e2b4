import {expect, test} from 'vitest';
import {
	ageText,
	bytesCell,
	cell,
	displayWidth,
	endOf,
	estimateText,
	fit,
	latencyText,
	percentCell,
	startOf,
	timeCell,
	tookText,
} from '../source/format.ts';

const MiB = 1024 ** 2;

test.each<[number | undefined, string]>([
	[4.79 * 1024 * MiB, '4.79 GiB'],
	[81.9 * MiB, '81.9 MiB'],
	[512 * 1024, ' 512 KiB'],
	[999.4 * 1024, ' 999 KiB'],
	[999.6 * 1024, '0.98 MiB'],
	[0, '     0 B'],
	[undefined, '       –'],
])('%s bytes', (bytes, expected) => {
	expect(bytesCell(bytes)).toBe(expected);
});

test.each<[number | undefined, string]>([
	[0.6, ' 60%'],
	[0.001, ' <1%'],
	[0.999, '>99%'],
	[1, '100%'],
	[0, '  0%'],
	[undefined, '   –'],
])('%s of one', (ratio, expected) => {
	expect(percentCell(ratio)).toBe(expected);
});

test.each([
	[0.04, '0.0 ms'],
	[1.44, '1.4 ms'],
	[9.96, '10 ms'],
	[14.4, '14 ms'],
	[612.4, '612 ms'],
	[999.6, '1.0 s'],
	[2100, '2.1 s'],
	[12_300, '12 s'],
])('%d ms of latency', (ms, expected) => {
	expect(latencyText(ms)).toBe(expected);
});

test.each([
	[14_000, '14 s ago'],
	[179_000, '2 m ago'],
	[3 * 3_600_000, '3 h ago'],
	[49 * 3_600_000, '2 d ago'],
	[-5, '0 s ago'],
])('an age of %d ms', (ms, expected) => {
	expect(ageText(ms)).toBe(expected);
});

test('an estimate wears the tilde', () => {
	expect(estimateText(34_000)).toBe('~0:34');
});

test('times of today are times, earlier ones are days', () => {
	const today = new Date(2026, 10, 23, 14, 32, 8).getTime();
	expect(timeCell(today, today)).toBe('14:32:08');
	expect(timeCell(new Date(2026, 10, 22, 23, 59, 59).getTime(), today)).toBe('Nov 22  ');
	expect(timeCell(new Date(2026, 9, 3, 1, 2, 3).getTime(), today)).toBe('Oct  3  ');
});

test('widths are counted in cells', () => {
	expect(displayWidth('etcd-0 → …')).toBe(10);
	expect(displayWidth('数据库')).toBe(6);
	expect(displayWidth('👩‍👩‍👧‍👦')).toBe(2);
	expect(fit('数据库节点', 7)).toBe('数据库…');
	expect(fit('数据库节点', 6)).toBe('数据…');
	expect(cell('数据库节点', 6)).toBe('数据… ');
	expect(cell('4.79', 6, 'right')).toBe('  4.79');
	expect(fit('etcd', 1)).toBe('…');
	expect(fit('etcd', 0)).toBe('');
	expect(fit('etcd-000', 6, '..')).toBe('etcd..');
	expect(startOf('数据库', 3)).toBe('数');
	expect(endOf('数据库', 3)).toBe('库');
});

test.each([
	[0, '0 ms'],
	[40, '40 ms'],
	[95, '0.1 s'],
	[428, '0.4 s'],
	[949, '0.9 s'],
	[950, '0:01'],
	[33_400, '0:33'],
])('what took %d ms is never told as 0:00', (ms, expected) => {
	expect(tookText(ms)).toBe(expected);
});
