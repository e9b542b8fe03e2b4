/** The walk over the keys: paced, stopped and gone on with, out of the way of a run, and past a member that fails. */
import {expect, test} from 'vitest';
import type {KeyPage} from '../../source/domain/key-page.ts';
import {type KeyScan, scanMaximumFailures, scanPageKeys, scanPauseMs} from '../../source/domain/key-scan.ts';
import {createKeyScanner} from '../../source/engine/key-scanner.ts';
import type {State} from '../../source/engine/state.ts';
import type {PageRequest, Transport} from '../../source/transport/transport.ts';
import {TransportError} from '../../source/transport/transport-error.ts';
import {failure} from '../domain/observations.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {phases, sampleRun} from '../helpers/sample-run.ts';
import {prodState} from '../helpers/sample-state.ts';

/** A database of so many pages; what was asked of whom, and when. */
function scannerOver(pages: number, {tookMs = 10, fails = (_member: string): boolean => false} = {}) {
	const clock = createManualClock();
	const asked: {readonly member: string; readonly after: string | undefined; readonly at: number}[] = [];
	const scans: KeyScan[] = [];
	let state: State = prodState();
	const page = (number: number): KeyPage => {
		const keys = Array.from({length: scanPageKeys}, (_, index) => ({
			name: `/registry/r${number}/${index}`,
			id: `${number}`,
			bytes: 20,
		}));
		return number + 1 < pages ? {keys, last: `${number}`} : {keys};
	};
	const transport: Pick<Transport, 'keyPage' | 'valueBytes'> = {
		async keyPage(member, {after}: PageRequest) {
			asked.push({member: member.name, after, at: clock.uptimeMs()});
			await clock.sleep(tookMs);
			if (fails(member.name)) {
				throw new TransportError(failure('timed-out'));
			}
			return page(after === undefined ? 0 : Number(after) + 1);
		},
		valueBytes: async () => 1000,
	};
	const scanner = createKeyScanner({
		transport: transport as Transport,
		clock,
		commandTimeoutMs: 5000,
		getState: () => state,
		onChange: (scan) => scans.push(scan),
	});
	return {
		clock,
		asked,
		scanner,
		last: () => scans.at(-1),
		set(change: Partial<State>) {
			state = {...state, ...change};
		},
	};
}

test('it reads a follower, page by page, and rests as long as a page took', async () => {
	const {clock, asked, scanner, last} = scannerOver(3, {tookMs: 400});
	scanner.start();
	await clock.advance(5000);
	expect(last()).toMatchObject({phase: 'done', table: {keys: 3 * scanPageKeys}, member: 'etcd-1'});
	expect(last()).not.toHaveProperty('after');
	expect(asked.map(({member, after}) => [member, after])).toEqual([
		['etcd-1', undefined],
		['etcd-1', '0'],
		['etcd-1', '1'],
	]);
	expect(asked[1]!.at - asked[0]!.at).toBeGreaterThanOrEqual(800);
	expect(last()?.table.groups[0]).toMatchObject({prefix: '/registry/r0', samples: 2, sampledBytes: 2000});
});

test('stopped, it asks for no further page; it goes on after the last one that was counted', async () => {
	const {clock, asked, scanner, last} = scannerOver(1000);
	scanner.start();
	await clock.advance(10 * (scanPauseMs + 10));
	scanner.stop();
	const stopped = last()!;
	const before = asked.length;
	await clock.advance(10_000);
	expect(asked).toHaveLength(before);
	scanner.start(stopped);
	await clock.advance(50);
	expect(asked[before]?.after).toBe(stopped.after);
	scanner.stop();
	expect(last()!.table.keys).toBe(stopped.table.keys + scanPageKeys);
});

test('it waits while a run goes on', async () => {
	const {clock, asked, scanner, last, set} = scannerOver(1000);
	scanner.start();
	await clock.advance(1000);
	set({run: sampleRun(phases.cooling)});
	await clock.advance(1000);
	const before = asked.length;
	await clock.advance(60_000);
	expect(asked).toHaveLength(before);
	expect(last()).toMatchObject({phase: 'paused', reason: 'a run is going on'});
	set({run: sampleRun({kind: 'finished', at: 0})});
	await clock.advance(2000);
	expect(asked.length).toBeGreaterThan(before);
	expect(last()).toMatchObject({phase: 'scanning'});
	scanner.stop();
});

test('past a member that fails, and given up when every one does', async () => {
	const one = scannerOver(2, {fails: (member) => member === 'etcd-1'});
	one.scanner.start();
	await one.clock.advance(10_000);
	expect(one.last()).toMatchObject({phase: 'done', member: 'etcd-0'});
	const all = scannerOver(2, {fails: () => true});
	all.scanner.start();
	await all.clock.advance(60_000);
	expect(all.asked).toHaveLength(scanMaximumFailures);
	expect(all.last()?.phase).toBe('failed');
});
