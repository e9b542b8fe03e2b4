/** Clusters of every usual size through the API, and what becomes of the picture when the API goes and pods restart. */
import {expect, it, vi} from 'vitest';
import {points} from '../../../source/domain/history.ts';
import type {State} from '../../../source/engine/state.ts';
import {platformOf} from '../../../source/transport/kubernetes/platform.ts';
import {clusterForTest} from '../../helpers/cluster.ts';
import {startTestEngine} from '../../helpers/engine.ts';
import {createTestClock} from '../../helpers/test-clock.ts';
import {apiForTest, connected} from './open-kubernetes.ts';

vi.setConfig({testTimeout: 90_000});

const options = {timeoutMs: 10_000};
/** The finest tier of the history reaches back over this. */
const historyMs = 600_000;

it.each([1, 3, 5])('%i voters and a learner, by both ways: each has its pod and answers for itself', async (voters) => {
	const cluster = await clusterForTest({members: voters, metricsUrls: true});
	await cluster.addMember({learner: true});
	const api = await apiForTest(cluster);
	for (const via of ['tunnel', 'exec'] as const) {
		const kubernetes = await connected(cluster, api.kubeconfig(), {via});
		const {members} = await kubernetes.transport.membership(options);
		expect(members.map(({isLearner}) => isLearner).filter(Boolean)).toHaveLength(1);
		const statuses = await Promise.all(members.map((member) => kubernetes.transport.status(member, options)));
		expect(statuses.map(({memberId, isLearner}) => [memberId, isLearner])).toEqual(
			members.map(({id, isLearner}) => [id, isLearner]),
		);
		expect(kubernetes.pods(members).map(({member, pod}) => [member?.name, pod?.name])).toEqual(
			members.map(({name}) => [name, `etcd-${name}`]),
		);
	}
});

it('an API that is gone for half a minute, and a pod that restarts, leave gaps and break nothing', async () => {
	const cluster = await clusterForTest({metricsUrls: true});
	const api = await apiForTest(cluster);
	const kubernetes = await connected(cluster, api.kubeconfig());
	const {until, clock} = startTestEngine(cluster, {
		operator: 'ana@bastion-1',
		// A poll every two seconds of the engine's, ten times as fast as by the clock on the wall.
		clock: createTestClock({realMs: 100}),
		transport: () => kubernetes.transport,
		platform: platformOf(kubernetes, 1000),
	});
	const isWell = ({members, health}: State) => members.length === 3 && health.kind === 'healthy';
	const seen = (state: State) =>
		[...points(state.members[0]!.history, 'dbSizeBytes', 0, historyMs)].flatMap(({at, last}) =>
			last === undefined ? [] : [[at, last]],
		);
	const before = await until((state) => (isWell(state) && seen(state).length > 5 ? state : undefined));
	api.faults.goAway();
	const goneAt = clock.uptimeMs();
	const away = await until((state) => (state.now - goneAt > 30_000 ? state : undefined));
	expect(isWell(away)).toBe(false);
	expect(away.members.every(({statusAnswer}) => statusAnswer.kind === 'failed')).toBe(true);
	expect(away.members.map(({condition}) => condition.state)).toEqual(['unseen', 'unseen', 'unseen']);
	expect(away.wayLost?.why).toMatch(/^the Kubernetes API at \S+ refuses connections$/);
	expect(kubernetes.transport.connection.otherwise).toBe(
		'etcdtop --via ssh core@127.0.0.1 (or core@127.0.0.1 and core@127.0.0.1)',
	);
	await api.faults.comeBack();
	const back = await until((state) => (isWell(state) ? state : undefined));
	// What was seen before is there still, and nothing was made up for the time between.
	const known = seen(before).slice(0, -1);
	expect(seen(back).slice(0, known.length)).toEqual(known);
	expect(seen(back).filter(([at = 0]) => at > goneAt + 5000 && at < goneAt + 29_000)).toEqual([]);

	const [member] = cluster.members;
	await member!.kill();
	await until(({members}) => members.find((one) => one.member.name === member!.name)?.condition.state === 'down' || undefined);
	await member!.restart();
	await until((state) => isWell(state) || undefined);
	await until(({pods}) => pods?.matches.some(({pod}) => pod !== undefined && pod.restarts > 0) || undefined);
});
