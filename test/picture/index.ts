/** `npm run picture [-- NAME…]`: the pictures of README and docs, each of the built program, mostly on a real demo cluster. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {startInTerminal} from '../helpers/pseudo-terminal.ts';
import {type Picture, pictures} from './pictures.ts';
import {svgOf} from './svg.ts';

const launcher = fileURLToPath(new URL('../../bin/etcdtop.js', import.meta.url));
const folder = new URL('../../docs/pictures/', import.meta.url);

const named = process.argv.slice(2);
const unknown = named.find((name) => !Object.hasOwn(pictures, name));
if (unknown !== undefined) {
	console.error(`There is no picture ${unknown}: ${Object.keys(pictures).join(', ')}.`);
	process.exit(2);
}
for (const [name, picture] of Object.entries(pictures)) {
	if (named.length === 0 || named.includes(name)) {
		await take(name, picture);
	}
}
process.exit(0);

async function take(name: string, {demo = [], prepare, columns, rows, pose}: Picture): Promise<void> {
	const state = mkdtempSync(join(tmpdir(), 'etcdtop-picture-'));
	const args = prepare?.(state) ?? ['demo', ...demo];
	const program = startInTerminal(process.execPath, [launcher, ...args], {
		columns,
		rows,
		env: {...process.env, LANG: 'C.UTF-8', TERM: 'xterm-256color', XDG_STATE_HOME: state},
		cwd: state,
	});
	try {
		await pose(program);
		const target = fileURLToPath(new URL(`${name}.svg`, folder));
		writeFileSync(target, await svgOf(program.bytes(), columns, rows));
		console.log(`${target} is written.`);
	} finally {
		program.send('\x1b');
		program.kill('SIGTERM');
		await program.exit;
		rmSync(state, {recursive: true, force: true});
	}
}
