/** What comes of a disarming, as data: the exit code and the screen rest on it. */
import {describe, expect, it, onTestFinished} from 'vitest';
import type {Failure} from '../../source/domain/failure.ts';
import {createAlarmsControl} from '../../source/engine/alarms-control.ts';
import {initialState} from '../../source/engine/initial-state.ts';
import type {Journal} from '../../source/engine/journal.ts';
import type {JournalLine} from '../../source/engine/journal-line.ts';
import type {State} from '../../source/engine/state.ts';
import {update} from '../../source/engine/update.ts';
import type {RaisedAlarm} from '../../source/transport/transport.ts';
import {TransportError} from '../../source/transport/transport-error.ts';
import {failure} from '../domain/observations.ts';
import {createFakeTransport} from '../helpers/fake-transport.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

const nospace: RaisedAlarm = {memberId: 'a1', alarm: 'NOSPACE'};

type Case = {
	/** What etcd answers to the disarming. */
	readonly answer?: Failure;
	/** The alarms that are left afterwards; `lost` where nobody can say. */
	readonly left?: readonly RaisedAlarm[] | 'lost';
	/** The alarms when it is asked for at last. */
	readonly meanwhile?: readonly RaisedAlarm[];
	readonly journal?: Journal['append'];
	readonly word?: string;
	readonly commandTimeoutMs?: number;
};

async function disarm({answer, left = [], meanwhile = [nospace], journal, word = 'disarm', commandTimeoutMs = 5000}: Case) {
	const clock = createManualClock({uptimeMs: 0});
	const fake = createFakeTransport(clock, [{name: 'etcd-0'}, {name: 'etcd-1'}, {name: 'etcd-2'}]);
	const timeouts: string[] = [];
	let alarms: readonly RaisedAlarm[] | 'lost' = [nospace];
	const transport = {
		...fake,
		async alarms() {
			if (alarms === 'lost') {
				throw new TransportError(failure('timed-out'));
			}
			return alarms;
		},
		async disarmNoSpace(memberId: string, {timeoutMs}: {timeoutMs: number}) {
			timeouts.push(`disarm ${memberId} ${timeoutMs}`);
			alarms = left;
			if (answer !== undefined) {
				throw new TransportError(answer);
			}
		},
	};
	const lines: JournalLine[] = [];
	const append: Journal['append'] = (line) => void lines.push(line);
	let state: State = initialState({clock, clusterName: '', readOnly: false, intervalMs: 2000, journalDirectory: ''});
	const {controls, stop} = createAlarmsControl({
		transport,
		clock,
		journal: {append: journal ?? append} as Journal,
		operator: 'ana@bastion-1',
		commandTimeoutMs,
		getState: () => state,
		dispatch: (message) => {
			state = update(state, message);
		},
	});
	onTestFinished(() => stop());
	controls.openDisarm('a1');
	await clock.advance(100);
	expect(state.disarmPlan).toMatchObject({memberId: 'a1', confirmation: {word: 'disarm'}});
	alarms = meanwhile;
	controls.disarm(word);
	await clock.advance(100);
	const noted = lines.map((line) => ('outcome' in line ? `${line.type} ${line.outcome}` : line.type));
	return {phase: state.disarming?.phase, message: state.message, noted, timeouts, observed: fake.calls};
}

describe('a disarming', () => {
	it('is done when etcd says so, and tells whether writes are accepted again', async () => {
		const ended = await disarm({});
		expect(ended.phase).toEqual({kind: 'done', writable: true});
		expect(ended.message).toEqual({kind: 'good', text: 'NOSPACE of etcd-1 is disarmed: writes are accepted again'});
		expect(ended.noted).toEqual(['asked', 'answered done']);
		const other = await disarm({left: [{memberId: 'a2', alarm: 'NOSPACE'}]});
		expect(other.phase).toEqual({kind: 'done', writable: false});
	});

	it('is failed when the alarm stands again at once', async () => {
		const ended = await disarm({left: [nospace]});
		expect(ended.phase).toMatchObject({kind: 'failed', reason: 'it stands again, a file is over its quota'});
		expect(ended.noted).toEqual(['asked', 'answered failed']);
	});

	it.each([
		failure('permission-denied'),
		failure('rejected'),
		{...failure('timed-out'), notSent: true as const},
		{...failure('unreachable'), notSent: true as const},
	])('is failed where it did not reach etcd, or etcd said no: $kind', async (answer) => {
		const ended = await disarm({answer, left: [nospace]});
		expect(ended.phase).toMatchObject({kind: 'failed', nextStep: answer.nextStep});
		expect(ended.noted).toEqual(['asked', 'answered failed']);
	});

	it.each(['timed-out', 'unreachable', 'no-leader', 'cancelled'] as const)('is unknown without an answer: %s', async (kind) => {
		const ended = await disarm({answer: failure(kind), left: 'lost'});
		expect(ended.phase).toMatchObject({kind: 'unknown', reason: failure(kind).message});
		expect(ended.message?.kind).toBe('warning');
		expect(ended.noted).toEqual(['asked', 'answered unknown']);
	});

	it('stays unknown while the alarm stands: what was asked for may come yet', async () => {
		expect((await disarm({answer: failure('timed-out'), left: [nospace]})).phase?.kind).toBe('unknown');
	});

	it('is done where the answer was lost and the alarm is gone', async () => {
		const ended = await disarm({answer: failure('timed-out')});
		expect(ended.phase).toEqual({kind: 'done', writable: true});
		expect(ended.noted).toEqual(['asked', 'answered done']);
	});

	it('is refused by a rule, without a word to etcd', async () => {
		const corrupt = await disarm({meanwhile: [nospace, {memberId: 'a0', alarm: 'CORRUPT'}]});
		expect(corrupt.phase).toMatchObject({kind: 'refused', reason: expect.stringContaining('a CORRUPT alarm stands')});
		const typo = await disarm({word: 'disarn'});
		expect(typo.phase).toMatchObject({kind: 'refused', reason: expect.stringContaining('it now asks for "disarm"')});
		expect([corrupt, typo].map(({noted, timeouts}) => [...noted, ...timeouts])).toEqual([[], []]);
	});

	it('is refused when the journal takes no line', async () => {
		const journal = () => {
			throw new Error("the journal can't be written");
		};
		const ended = await disarm({journal});
		expect(ended.phase).toEqual({kind: 'refused', reason: "the journal can't be written"});
		expect(ended.timeouts).toEqual([]);
	});

	it('is done although the journal takes no second line, which is told', async () => {
		let lines = 0;
		const journal = () => {
			if (++lines === 2) {
				throw new Error('the disk is full');
			}
		};
		const ended = await disarm({journal});
		expect(ended.phase?.kind).toBe('done');
		expect(ended.message).toEqual({kind: 'warning', text: 'the disk is full'});
	});

	it.each([
		[20_000, 'disarm a1 20000', 20_000],
		// An impatient look would take a slow voter for a silent one, which forbids nothing.
		[100, 'disarm a1 100', 5000],
	])('waits for --command-timeout of %i ms', async (commandTimeoutMs, asked, looked) => {
		const ended = await disarm({commandTimeoutMs});
		expect(ended.timeouts).toEqual([asked]);
		expect([...new Set(ended.observed.map(({timeoutMs}) => timeoutMs))]).toEqual([looked]);
	});
});
