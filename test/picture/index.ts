/** `npm run picture`: the picture of the README, of the built program on a real demo cluster. */
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {startInTerminal} from '../helpers/pseudo-terminal.ts';
import {svgOf} from './svg.ts';

const launcher = fileURLToPath(new URL('../../bin/etcdtop.js', import.meta.url));
const target = fileURLToPath(new URL('overview.svg', import.meta.url));
const columns = 120;
const rows = 36;

/** Long enough for lines in a window of five minutes. */
const watchMs = 100_000;

const program = startInTerminal(process.execPath, [launcher, 'demo', '--scenario', 'fragmented'], {
	columns,
	rows,
	env: {...process.env, LANG: 'C.UTF-8', TERM: 'xterm-256color', XDG_STATE_HOME: mkdtempSync(join(tmpdir(), 'etcdtop-picture-'))},
});
await program.waitFor(/● HEALTHY/, 60_000);
program.send('[');
await delay(500);
program.send('[');
await delay(watchMs);
writeFileSync(target, await svgOf(program.bytes(), columns, rows));
console.log(`${target} is written.`);
program.send('q');
await program.exit;
process.exit(0);
