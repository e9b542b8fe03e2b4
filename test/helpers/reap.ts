/** The reaper of the clusters that tests start: a process of its own, for when a test run is killed. */
import {reap} from '../../source/demo/reaper.ts';

await reap(process.argv[2]!);
