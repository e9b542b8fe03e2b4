import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {expect, test} from 'vitest';
import {clusterForTest} from '../../helpers/cluster.ts';
import {faultProxyForTest} from '../../helpers/fault-proxy.ts';
import {optionsFor, transportForTest} from '../connect.ts';

test('a connection is not cut while Node reads from it: what is collected then ends the process', {timeout: 60_000}, async () => {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	const cluster = await clusterForTest({members: 1});
	const transport = transportForTest(optionsFor(cluster));
	for (let call = 0; call < 10; call++) {
		// Each over a connection of its own, which is cut after the answer.
		const alarms = await transport.alarms({timeoutMs: 10_000});
		collect();
		expect(alarms).toEqual([]);
	}
});

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
