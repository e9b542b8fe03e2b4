/** Real clusters for tests: stopped when the test (or the suite) ends, and nothing left behind when the run is killed. */
import {fileURLToPath} from 'node:url';
import {afterAll, onTestFinished} from 'vitest';
import {type Cluster, type ClusterOptions, startCluster} from '../../source/demo/cluster.ts';
import type {ReaperCommand} from '../../source/demo/reaper.ts';

export type {Cluster, ClusterOptions} from '../../source/demo/cluster.ts';

export const testReaper: ReaperCommand = [process.execPath, fileURLToPath(new URL('reap.ts', import.meta.url))];

/** A cluster for one test: call it inside `test`. */
export async function clusterForTest(options: ClusterOptions = {}): Promise<Cluster> {
	const cluster = await startCluster({reaper: testReaper, ...options});
	onTestFinished(() => cluster.stop());
	return cluster;
}

/** A cluster for all tests of a suite: call it inside `beforeAll`, or at the top of a file. */
export async function clusterForSuite(options: ClusterOptions = {}): Promise<Cluster> {
	const cluster = await startCluster({reaper: testReaper, ...options});
	afterAll(() => cluster.stop());
	return cluster;
}
