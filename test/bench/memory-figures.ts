/** Resident memory of the monitor after a day, which it lives through in less than a minute. */
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {startInTerminal} from '../helpers/pseudo-terminal.ts';
import type {Figure} from './index.ts';
import {residentMegabytes} from './process-figures.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** A day's garbage in 20 seconds makes V8 take memory that a real day never needs: it is made to collect in time. */
const heldSmall = ['--expose-gc', '--max-semi-space-size=2', '--max-old-space-size=80'];
const patienceMs = 180_000;

export async function memoryFigures(): Promise<readonly Figure[]> {
	const outfile = join(root, 'node_modules/.cache/etcdtop/day.js');
	await build({
		absWorkingDir: root,
		entryPoints: ['test/bench/day.tsx'],
		outfile,
		bundle: true,
		packages: 'external',
		format: 'esm',
		platform: 'node',
		target: 'node22',
		jsx: 'automatic',
		define: {'process.env.NODE_ENV': '"production"'},
		logLevel: 'warning',
	});
	const program = startInTerminal(process.execPath, [...heldSmall, outfile], {
		columns: 120,
		rows: 36,
		env: {...process.env, NODE_ENV: 'production', LANG: 'C.UTF-8', TERM: 'xterm-256color'},
	});
	try {
		await program.waitFor('a day has passed', patienceMs);
		return [
			{
				name: 'resident memory after a simulated day, heap ≤ 80 MB',
				value: residentMegabytes(program.pid),
				unit: 'MB',
				toReach: 150,
			},
		];
	} finally {
		program.kill();
		await program.exit;
	}
}
