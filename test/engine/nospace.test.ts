/** A real NOSPACE alarm, raised by real writes, and the way out of it through the engine's own controls. */
import {expect, it} from 'vitest';
import {startRun, startTestEngine, type TestEngine, untilOver} from '../helpers/engine.ts';
import {put} from '../helpers/fill.ts';
import {compactToHead, disarmAll, fullCluster} from '../helpers/nospace.ts';

/** Why it is refused; the word for it where every file stopped just below the quota. */
async function refusalToDisarm({engine, until}: TestEngine, memberId: string): Promise<string | undefined> {
	engine.controls.openDisarm(memberId);
	const {refusal, confirmation} = await until(({disarmPlan}) => disarmPlan);
	engine.controls.closeDisarm();
	return refusal ?? confirmation?.word;
}

it('compact, defragment in order, disarm: writes are accepted again', async () => {
	const cluster = await fullCluster();
	const engine = startTestEngine(cluster);
	const raised = await engine.until(({alarms}) => alarms[0]);
	await expect(put(cluster, 'a')).rejects.toThrow('database space exceeded');
	expect(await refusalToDisarm(engine, raised.memberId)).toMatch(/reached (its|their) quota.*defragment first|^disarm anyway$/);

	await compactToHead(engine);
	await startRun(engine);
	const ended = await untilOver(engine);
	expect(ended.phase).toMatchObject({kind: 'finished'});
	expect(ended.turns).toHaveLength(3);
	expect(ended.turns.at(-1)?.role).toBe('leader');

	await disarmAll(engine);
	await put(cluster, 'a');
	const types = engine.journal.read().lines.map((line) => ('what' in line ? `${line.type} ${line.what}` : line.type));
	expect(types).toContain('asked compact');
	expect(types).toContain('answered disarm');
}, 120_000);

it('with one of three down: the others are defragmented by a word of its own, and the dead one blocks nothing', async () => {
	const cluster = await fullCluster();
	const engine = startTestEngine(cluster);
	await engine.until(({alarms}) => alarms[0]);
	const leader = await engine.until(({health}) => health.leader);
	const dead = cluster.members.find(({name}) => name !== leader.name);
	dead?.kill();
	await engine.until(({members}) =>
		members.find(({member, condition}) => member.name === dead?.name && condition.state === 'down'),
	);
	await compactToHead(engine);
	await startRun(engine);
	const ended = await untilOver(engine);
	expect(ended.phase).toMatchObject({kind: 'finished'});
	expect(ended.acknowledged).toContain('quorum');
	expect(ended.turns.map(({role, outcome}) => `${role} ${outcome}`)).toEqual([
		'follower skipped',
		'follower done',
		'leader done',
	]);
	await disarmAll(engine);
	const alive = cluster.members.find(({name}) => name === leader.name);
	await expect(alive?.call('/v3/kv/put', {key: 'YQ=='})).resolves.toBeDefined();
}, 120_000);

it('never while a CORRUPT alarm stands', async () => {
	const cluster = await fullCluster();
	const engine = startTestEngine(cluster);
	const raised = await engine.until(({alarms}) => alarms[0]);
	await cluster.members[0]?.call('/v3/maintenance/alarm', {
		action: 'ACTIVATE',
		memberID: BigInt(`0x${raised.memberId}`).toString(),
		alarm: 'CORRUPT',
	});
	await engine.until(({alarms}) => (alarms.some(({alarm}) => alarm === 'CORRUPT') ? true : undefined));
	engine.engine.controls.openDisarm(raised.memberId);
	const plan = await engine.until(({disarmPlan}) => disarmPlan);
	expect(plan.refusal).toMatch(/CORRUPT/);
	engine.engine.controls.openPlan({kind: 'all'});
	const gate = await engine.until(({plan: open}) => open?.gates.find(({id, state}) => id === 'corrupt' && state !== 'pending'));
	expect(gate.state).toBe('failed');
}, 120_000);
