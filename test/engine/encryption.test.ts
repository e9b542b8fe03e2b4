/** Encryption in the engine: when it is looked at, what is told of it, and what comes of a change; under a clock that the test moves. */
import {describe, expect, it} from 'vitest';
import type {EncryptionSight} from '../../source/domain/encryption.ts';
import type {Controls} from '../../source/engine/controls.ts';
import {createEncryptionControl} from '../../source/engine/encryption-control.ts';
import {initialState} from '../../source/engine/initial-state.ts';
import type {Journal} from '../../source/engine/journal.ts';
import type {JournalLine} from '../../source/engine/journal-line.ts';
import {createLateControls} from '../../source/engine/late-controls.ts';
import type {State} from '../../source/engine/state.ts';
import type {DispatchingStore} from '../../source/engine/store.ts';
import {update} from '../../source/engine/update.ts';
import type {EncryptionPort} from '../../source/transport/platform.ts';
import {TransportError} from '../../source/transport/transport-error.ts';
import {failure} from '../domain/observations.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {encrypted, plain, sightOf, silent, underWay} from '../helpers/sample-encryption.ts';

type Setting = {
	readonly sight?: EncryptionSight;
	readonly state?: Partial<State>;
	readonly looksAtStart?: boolean;
	readonly set?: EncryptionPort['set'];
	readonly append?: Journal['append'];
};

function engineWith({sight = plain, state: changes = {}, looksAtStart = false, set, append}: Setting = {}) {
	const clock = createManualClock({uptimeMs: 500_000});
	const lines: JournalLine[] = [];
	const patches: string[] = [];
	let shown = sight;
	let looks = 0;
	let state: State = {
		...initialState({clock, clusterName: 'test', readOnly: false, intervalMs: 2000, journalDirectory: '/state'}),
		clusterId: 'c1',
		...changes,
	};
	const port: EncryptionPort = {
		async look() {
			looks++;
			return shown;
		},
		async set(type, version) {
			patches.push(`${type} over ${version}`);
			return set === undefined ? {kind: 'written'} : set(type, version);
		},
	};
	const control = createEncryptionControl({
		platform: {encryption: port},
		connection: {kind: 'tunnel', security: 'mTLS', endpoints: []},
		clock,
		journal: {append: append ?? ((line: JournalLine) => lines.push(line))} as unknown as Journal,
		operator: 'ana@bastion-1',
		looksAtStart,
		getState: () => state,
		dispatch(message) {
			state = update(state, message);
		},
	});
	return {
		...control,
		state: () => state,
		lines,
		patches,
		looks: () => looks,
		tells(next: EncryptionSight) {
			shown = next;
		},
		async pass(seconds: number) {
			for (let second = 0; second < seconds; second++) {
				control.tick();
				await clock.advance(1000);
			}
		},
		/** Opens the plan, waits for it, and types. */
		async change(
			type: 'aescbc' | 'aesgcm' | 'identity',
			typed = type === 'identity' ? 'decrypt' : 'encrypt',
			meanwhile = () => {},
		) {
			control.controls.openEncryptionPlan();
			await clock.advance(10);
			meanwhile();
			control.controls.changeEncryption(type, typed);
			await clock.advance(10);
		},
		news: () => state.events.map(({kind, text}) => `${kind} ${text}`).toReversed(),
	};
}

describe('when it is looked at', () => {
	it('at a gentle rate while somebody watches, and not else', async () => {
		const engine = engineWith();
		await engine.pass(60);
		expect(engine.looks()).toBe(0);
		engine.controls.watchEncryption(true);
		await engine.pass(60);
		expect(engine.looks()).toBe(12);
		engine.controls.watchEncryption(false);
		await engine.pass(60);
		expect(engine.looks()).toBe(12);
	});

	it('a screen looks once at its start, and goes on by itself where something is under way', async () => {
		const calm = engineWith({looksAtStart: true});
		await calm.pass(120);
		expect(calm.looks()).toBe(1);
		const going = engineWith({looksAtStart: true, sight: underWay});
		await going.pass(120);
		expect(going.looks()).toBe(4);
		expect(going.news()).toEqual([
			'note encryption: a migration to aescbc is under way on Kubernetes and OAuth since before the start',
		]);
		going.tells(silent);
		await going.pass(60);
		expect(going.looks()).toBe(6);
	});

	it('a view that was open before there was an engine, or under the last one, is looked at by the next', () => {
		const late = createLateControls({} as DispatchingStore);
		const seenBy = (name: string) =>
			({watchEncryption: (wanted: boolean) => void told.push(`${name} ${wanted}`)}) as unknown as Controls;
		const told: string[] = [];
		late.watchEncryption(true);
		late.connect(seenBy('first'));
		late.connect(undefined);
		late.connect(seenBy('second'));
		late.watchEncryption(false);
		late.connect(seenBy('third'));
		expect(told).toEqual(['first true', 'second true', 'second false']);
	});

	it('without the Kubernetes API it says why there is nothing', () => {
		const engine = engineWith();
		const without = createEncryptionControl({
			...({} as Parameters<typeof createEncryptionControl>[0]),
			platform: {},
			connection: {kind: 'direct', security: 'TLS', endpoints: []},
			getState: engine.state,
			dispatch: (message) =>
				expect(message).toMatchObject({type: 'encryptionMissing', why: expect.stringContaining('alone could tell')}),
		});
		without.controls.watchEncryption(true);
		without.tick();
		expect.assertions(1);
	});

	it('a screen knows that from its start, and why each key is refused', () => {
		const engine = engineWith();
		let told = 0;
		const without = createEncryptionControl({
			...({} as Parameters<typeof createEncryptionControl>[0]),
			platform: {},
			connection: {kind: 'direct', security: 'TLS', endpoints: []},
			looksAtStart: true,
			getState: () => (told === 0 ? engine.state() : {...engine.state(), encryption: {kind: 'none', why: 'told'}}),
			dispatch(message) {
				told++;
				expect(message).toMatchObject({type: 'encryptionMissing', why: expect.stringContaining('alone could tell')});
			},
		});
		without.tick();
		without.tick();
		expect(told).toBe(1);
	});
});

describe('what is told', () => {
	it('each phase once, and the end with how long it took, over a silence of the API', async () => {
		const engine = engineWith();
		engine.controls.watchEncryption(true);
		await engine.pass(5);
		for (const sight of [
			sightOf('aescbc', [{reason: 'EncryptionDisabled'}, {reason: 'EncryptionDisabled'}, {reason: 'EncryptionDisabled'}]),
			underWay,
			silent,
			underWay,
			encrypted,
		]) {
			engine.tells(sight);
			await engine.pass(10);
		}
		expect(engine.news()).toEqual([
			'note OpenShift API server: waiting, was not encrypted',
			'note Kubernetes API server: waiting, was not encrypted',
			'note OAuth API server: waiting, was not encrypted',
			'good OpenShift API server: encrypted, was waiting',
			'note Kubernetes API server: encrypting, was waiting',
			'note OAuth API server: encrypting, was waiting',
			'good Kubernetes API server: encrypted, was encrypting',
			'good OAuth API server: encrypted, was encrypting',
			// Its keys tell that it began before anybody looked.
			'good everything is encrypted with aescbc after 6:30',
		]);
	});

	it('keeps how long it has been, and what was seen last, while the API is silent', async () => {
		const engine = engineWith({sight: underWay});
		engine.controls.watchEncryption(true);
		await engine.pass(1);
		const first = engine.state().encryption;
		engine.tells(silent);
		await engine.pass(11);
		expect(first).toMatchObject({since: 500_000 - 360_000});
		expect(engine.state().encryption).toMatchObject({since: 500_000 - 360_000, old: {status: {verdict: 'encrypting'}}});
	});
});

describe('a change', () => {
	it('is asked for with what was shown, written down before and after, and then followed', async () => {
		const engine = engineWith();
		await engine.change('aescbc');
		expect(engine.patches).toEqual(['aescbc over 48213']);
		expect(engine.lines).toMatchObject([
			{type: 'asked', what: 'encryption', encryptionType: 'aescbc', operator: 'ana@bastion-1', clusterId: 'c1'},
			{type: 'answered', what: 'encryption', encryptionType: 'aescbc', outcome: 'done'},
		]);
		expect(engine.state().encryptionChange?.phase.kind).toBe('done');
		expect(engine.state()).not.toHaveProperty('encryptionPlan');
		expect(engine.news()).toEqual(['note encryption with aescbc asked for by ana@bastion-1']);
	});

	it.each<[what: string, setting: Setting, typed: string | undefined, reason: RegExp]>([
		['another word', {}, 'decrypt', /^type "encrypt"$/],
		['somebody was faster', {set: async () => ({kind: 'conflict'})}, undefined, /^somebody changed it meanwhile/],
		['forbidden', {set: async () => ({kind: 'refused', why: 'you may not'})}, undefined, /^you may not$/],
		[
			'NOSPACE',
			{state: {alarms: [{memberId: 'a', alarm: 'NOSPACE', name: 'a', since: 0, sinceStart: true}]}},
			undefined,
			/^under NOSPACE/,
		],
		[
			'nothing can be written down',
			{
				append() {
					throw new Error('no room');
				},
			},
			undefined,
			/^no room$/,
		],
	])('is refused: %s', async (_, setting, typed, reason) => {
		const engine = engineWith(setting);
		await engine.change('aescbc', typed);
		expect(engine.state().encryptionChange?.phase).toMatchObject({kind: 'refused', reason: expect.stringMatching(reason)});
		expect(engine.state().message).toMatchObject({kind: 'refused', text: expect.stringMatching(/^encryption: /)});
		expect(engine.news()).toEqual([]);
	});

	it('is refused where the object is another one than the word was typed for', async () => {
		const engine = engineWith();
		await engine.change('aescbc', 'encrypt', () =>
			engine.tells({...plain, config: {kind: 'told', value: {type: '', version: '48214'}}}),
		);
		expect(engine.patches).toEqual([]);
		expect(engine.state().encryptionChange?.phase).toMatchObject({kind: 'refused', reason: expect.stringMatching(/meanwhile/)});
	});

	it('is unknown without an answer, until what is configured tells', async () => {
		const engine = engineWith({set: () => Promise.reject(new TransportError(failure('timed-out')))});
		engine.controls.watchEncryption(true);
		await engine.change('aescbc');
		expect(engine.state().encryptionChange?.phase.kind).toBe('unknown');
		expect(engine.lines).toMatchObject([{type: 'asked'}, {type: 'answered', outcome: 'unknown'}]);
		engine.tells(underWay);
		await engine.pass(6);
		expect(engine.state().encryptionChange?.phase.kind).toBe('done');
		expect(engine.patches).toHaveLength(1);
	});

	it('a read-only session is refused before anything is asked', async () => {
		const engine = engineWith({state: {readOnly: true}});
		await engine.change('aescbc');
		expect(engine.looks()).toBe(0);
		expect(engine.state().message?.text).toMatch(/^read-only session/);
	});
});
