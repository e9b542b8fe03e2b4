import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import {clusterForTest} from '../../helpers/cluster.ts';
import {faultProxyForTest} from '../../helpers/fault-proxy.ts';
import {optionsFor} from '../connect.ts';

test('a closed transport leaves nothing that keeps the process, and stderr was never touched', {timeout: 60_000}, async () => {
	const cluster = await clusterForTest({members: 1});
	const silent = await faultProxyForTest(...cluster.endpoints);
	silent.stall();
	const fixture = fileURLToPath(new URL('../fixtures/use-and-close.ts', import.meta.url));
	const child = spawn(process.execPath, [fixture, JSON.stringify({options: optionsFor(cluster), silent: silent.url()})], {
		env: {...process.env, GRPC_VERBOSITY: 'DEBUG', GRPC_TRACE: ''},
	});
	let output = '';
	let closedAt = 0;
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (bytes: Buffer) => {
			output += bytes.toString();
			closedAt = performance.now();
		});
	}
	const [code] = await once(child, 'close');
	expect({output, code}).toEqual({output: 'closed\n', code: 0});
	expect(performance.now() - closedAt).toBeLessThan(10_000);
});
