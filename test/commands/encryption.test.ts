import {describe, expect, test} from 'vitest';
import {runEncryption} from '../../source/commands/encryption.ts';
import type {EncryptionSight} from '../../source/domain/encryption.ts';
import type {EncryptionChange} from '../../source/domain/encryption-known.ts';
import type {Answer} from '../../source/domain/observation.ts';
import type {Transport} from '../../source/transport/transport.ts';
import {UsageError} from '../../source/usage-error.ts';
import {observationOf} from '../domain/observations.ts';
import {encrypted, plain, plansOf, seen, sightOf, silent, underWay} from '../helpers/sample-encryption.ts';
import {now} from '../helpers/sample-state.ts';
import {contextFor, type TestContextOptions} from './command-context.ts';
import {scriptedEngine} from './scripted-engine.ts';

const askedFor = sightOf('aescbc', [
	{reason: 'EncryptionDisabled'},
	{reason: 'EncryptionDisabled'},
	{reason: 'EncryptionDisabled'},
]);

/** One member, with these errors in its Status. */
function telling(errors: readonly string[]): Partial<Transport> {
	const {clusterId, members} = observationOf([{name: 'etcd-0', status: {errors}}]);
	const [only] = members;
	const answer = <T>(told: Answer<T>) => (told.kind === 'answered' ? told.value : Promise.reject(new Error(told.kind)));
	return {
		membership: async () => ({clusterId, members: members.map(({member}) => member)}),
		status: async () => answer(only!.status),
		metrics: async () => answer(only!.metrics),
	};
}

test.each([
	['encryption', 'say etcdtop encryption status, enable, or disable.'],
	['encryption status now', 'say etcdtop encryption status, enable, or disable.'],
	['encryption disable --type aesgcm', '--type belongs to etcdtop encryption enable.'],
	['encryption enable', 'without a terminal to ask on, encryption enable needs --yes.'],
])('wrong usage: %s', async (line, message) => {
	await expect(runEncryption(contextFor(line))).rejects.toThrow(new UsageError(message));
});

test('KMS is no type of ours', () => {
	expect(() => contextFor('encryption enable --type kms')).toThrow(/--type is "kms"/);
});

describe('status', () => {
	const look = async (line: string, sight: EncryptionSight, more: TestContextOptions = {}) => {
		const platform = {encryption: {look: async () => sight, set: () => Promise.reject(new Error('asked to change'))}};
		const transport = telling([]);
		const context = contextFor(line, {platform, transport, ...more});
		return {context, code: await runEncryption(context)};
	};

	test('as a table that a terminal has room for', async () => {
		const {context, code} = await look('encryption status', underWay, {columns: 100});
		expect(code).toBe(0);
		expect(`\n${context.printed.join('\n')}\n`).toMatchInlineSnapshot(`
			"
			+------------+------------+---------+----------------------+----------+----------+
			| API SERVER |   STATE    | WRITTEN |      CONDITION       |   KEY    | NEXT KEY |
			+------------+------------+---------+----------------------+----------+----------+
			| OpenShift  | encrypted  |  1 of 1 | EncryptionCompleted  | 1 aescbc | in 6d23h |
			| Kubernetes | encrypting |  1 of 2 | EncryptionInProgress | 1 aescbc | –        |
			| OAuth      | encrypting |  0 of 2 | EncryptionDisabled   | 1 aescbc | –        |
			+------------+------------+---------+----------------------+----------+----------+
			"
		`);
		expect(context.said).toEqual([
			'encrypting: 2 of 5 resources are written with what is configured, aescbc, for 6:00. It goes on in the cluster by itself.',
		]);
	});

	test('in lines', async () => {
		const {context} = await look('encryption status -w simple', encrypted);
		expect(context.printed[0]?.split('\n')[1]).toBe('Kubernetes, encrypted, 2 of 2, EncryptionCompleted, key 1 aescbc');
		expect(context.said).toEqual(['everything that is to be is encrypted with aescbc']);
	});

	test('as JSON, with nothing beside it', async () => {
		const {context} = await look('encryption status -w json', underWay);
		expect(context.said).toEqual([]);
		expect(JSON.parse(context.printed[0]!)).toMatchObject({
			type: 'aescbc',
			state: 'encrypting',
			resources: {written: 2, all: 5},
			underWaySeconds: 360,
			apiServers: [
				{
					name: 'OpenShift',
					settled: true,
					key: {id: 1, type: 'aescbc', made: '2027-01-15T07:54:00.000Z', nextDue: '2027-01-22T07:57:00.000Z'},
				},
				{name: 'Kubernetes', beingWritten: ['secrets']},
				{name: 'OAuth', mayBeOld: expect.stringMatching(/^revisions are converging/)},
			],
		});
	});

	test('under NOSPACE, by what etcd says, it is frozen', async () => {
		const transport = telling(['memberID:160 alarm:NOSPACE']);
		const {context} = await look('encryption status', encrypted, {transport});
		expect(context.said[0]).toMatch(/^NOSPACE: nothing can write what stands here/);
		const json = await look('encryption status -w json', encrypted, {transport});
		expect(JSON.parse(json.context.printed[0]!)).toMatchObject({frozen: true, state: 'encrypted'});
	});

	test('what can not be seen fails', async () => {
		const {context, code} = await look('encryption status', silent);
		expect(code).toBe(1);
		expect(context.said[0]).toMatch(/^not everything can be seen: OpenShift: the API does not answer/);
	});

	test('another cluster', async () => {
		const context = contextFor('encryption status');
		expect(await runEncryption(context)).toBe(1);
		expect(context.said[0]).toMatch(/^Only OpenShift tells of it/);
	});
});

type Case = {
	readonly begin?: EncryptionSight;
	readonly phase?: EncryptionChange['phase'];
	/** What is seen afterwards, look after look. */
	readonly later?: readonly EncryptionSight[];
	/** At once: nothing has to be changed first. */
	readonly already?: true;
	readonly typed?: string;
};

function engineFor({begin = plain, phase = {kind: 'done', at: now}, later = [], already}: Case) {
	const goOn = (self: ReturnType<typeof scriptedEngine>) => {
		for (const sight of later) {
			setImmediate(() => self.become({encryption: {...seen(sight, begin), at: now + 1000}}));
		}
	};
	return scriptedEngine({
		watchEncryption(self) {
			self.become({encryption: seen(begin)});
			if (already) {
				goOn(self);
			}
		},
		openEncryptionPlan: (self) => {
			self.become({encryptionPlan: plansOf(begin)});
		},
		changeEncryption(self, type) {
			self.become({encryptionPlan: undefined, encryptionChange: {operator: 'ana', type, startedAt: 1, phase}});
			goOn(self);
		},
	});
}

async function run(line: string, {typed, ...script}: Case = {}) {
	const engine = engineFor(script);
	const context = contextFor(line, {handle: engine, ...(typed === undefined ? {} : {typed})});
	return {context, engine, code: await runEncryption(context)};
}

describe('enable and disable', () => {
	test('says what it means and what it writes, and leaves the rest to the cluster', async () => {
		const {context, engine, code} = await run('encryption enable --yes');
		expect(code).toBe(0);
		expect(engine.calls).toEqual(['watchEncryption true', 'openEncryptionPlan', 'changeEncryption "aescbc" "encrypt"']);
		expect(context.said.slice(-2)).toEqual([
			'merge patch of APIServer config.openshift.io/cluster: {"metadata": {"resourceVersion": "48213"}, "spec": {"encryption": {"type": "aescbc"}}}',
			'aescbc is configured; the cluster carries it out by itself, in 20 minutes or longer.',
		]);
		expect(engine.stopped).toBe(true);
	});

	test.each([
		['encrypt', 0],
		['yes', 2],
	])('a person types "%s"', async (typed, expected) => {
		const {engine, code} = await run('encryption enable --type aesgcm', {typed});
		expect(code).toBe(expected);
		expect(engine.calls.at(-1)).toBe(expected === 0 ? 'changeEncryption "aesgcm" "encrypt"' : 'closeEncryptionPlan');
	});

	test('--wait follows every API server to its end, over a silence', async () => {
		const {context, code} = await run('encryption enable --yes --wait', {
			later: [askedFor, underWay, silent, underWay, encrypted],
		});
		expect(code).toBe(0);
		expect(context.said.slice(-4)).toEqual([
			'0 of 5 resources; OpenShift, Kubernetes and OAuth waiting (the condition may be old: aescbc is configured and has not been taken up yet)',
			'2 of 5 resources; Kubernetes encrypting (writing secrets); OAuth encrypting (the condition may be old: revisions are converging: 2 nodes are at revision 7; 1 node is at revision 8)',
			'the API does not answer: no answer within 5.0 s; waiting, it goes on in the cluster',
			expect.stringMatching(/^2 of 5 resources; Kubernetes encrypting/),
		]);
		expect(context.printed).toEqual(['everything that is to be is encrypted with aescbc']);
	});

	test('--wait ends where somebody asks for something else meanwhile', async () => {
		const {context, code} = await run('encryption enable --yes --wait', {later: [underWay, plain]});
		expect(code).toBe(1);
		expect(context.said.at(-1)).toBe('identity is configured now: somebody changed it meanwhile');
	});

	test('what is configured already is done, or waited for', async () => {
		const {context, engine, code} = await run('encryption enable --yes', {begin: encrypted});
		expect([code, context.printed]).toEqual([0, ['aescbc is configured already']]);
		expect(engine.calls.at(-1)).toBe('closeEncryptionPlan');
		const waited = await run('encryption enable --yes --wait', {begin: underWay, later: [encrypted], already: true});
		expect([waited.code, waited.context.printed.at(-1)]).toEqual([0, 'everything that is to be is encrypted with aescbc']);
	});

	test.each<[what: string, script: Case, code: number, said: string]>([
		[
			'by the plan',
			{begin: underWay},
			3,
			'refused: a migration to aescbc is under way on Kubernetes and OAuth; wait for its end',
		],
		['by the API', {begin: encrypted, phase: {kind: 'refused', at: 1, reason: 'you may not'}}, 3, 'refused: you may not'],
		[
			'unknown',
			{begin: encrypted, phase: {kind: 'unknown', at: 1, reason: 'timed out'}},
			4,
			'timed out. It may have arrived: etcdtop encryption status tells what is configured.',
		],
	])('how else it ends: %s', async (_, script, expected, said) => {
		const {context, code} = await run('encryption disable --yes', script);
		expect([code, context.said.at(-1)]).toEqual([expected, said]);
	});
});

test('status --wait ends when nothing is under way any more', async () => {
	const {context, code} = await run('encryption status --wait', {
		begin: underWay,
		already: true,
		later: [underWay, encrypted],
	});
	expect(code).toBe(0);
	expect(context.said.at(-1)).toBe('everything that is to be is encrypted with aescbc');
});

describe('interrupted', () => {
	test.each<[line: string, script: Case, code: number, said: string]>([
		[
			'encryption enable --yes --wait',
			{later: [underWay]},
			4,
			'Interrupted. It goes on in the cluster by itself: etcdtop encryption status --wait follows it.',
		],
		[
			'encryption status --wait',
			{begin: underWay},
			1,
			'Interrupted. Nothing was changed; what is under way goes on in the cluster.',
		],
		[
			'encryption enable --yes',
			{phase: {kind: 'asking'}},
			4,
			'Interrupted. Whether the change arrived is not known: etcdtop encryption status tells what is configured.',
		],
	])('%s', async (line, script, expected, said) => {
		const engine = engineFor(script);
		const context = contextFor(line, {handle: engine});
		const running = runEncryption(context);
		setTimeout(() => context.interrupt(), 50);
		expect(await running).toBe(expected);
		expect(context.said.at(-1)).toBe(said);
		expect(engine.stopped).toBe(true);
	});
});
