/** `etcdtop defrag --detach`: hands a confirmed run to a process of its own, which outlives this one and its terminal. */
import {spawn} from 'node:child_process';
import {mkdirSync, openSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import type {DefragPlan} from '../domain/defrag-plan.ts';
import {UsageError} from '../usage-error.ts';
import {type CommandContext, exitCodes} from './context.ts';

/** What was agreed to, exactly: a plan that differs by then is refused. */
export type Confirmed = {readonly plan: DefragPlan; readonly typed: string; readonly moveLeader: boolean};

/** What the process of the run is given; never on its command line, which every user sees. */
export type Handover = {readonly argv: readonly string[]; readonly confirmed: Confirmed};

/** Its one word to us. */
export type Word = {readonly runId: string} | {readonly refused: string; readonly code: number};

/** Resolves once the other process has begun, or has refused. */
export async function detach(confirmed: Confirmed, context: CommandContext): Promise<number> {
	const {journal, detached, say, print, onInterrupt} = context;
	if (detached === undefined) {
		throw new UsageError('--detach needs the program as it is installed.');
	}
	mkdirSync(journal.directory, {recursive: true, mode: 0o700});
	const log = join(journal.directory, 'detached.log');
	const file = openSync(log, 'a', 0o600);
	const [program = '', ...before] = detached.command;
	const child = spawn(program, before, {detached: true, stdio: ['pipe', file, file, 'pipe']});
	const forget = onInterrupt(() => child.kill('SIGTERM'));
	try {
		const handover: Handover = {argv: detached.argv, confirmed};
		child.stdin?.end(JSON.stringify(handover));
		child.stdin?.on('error', () => {});
		const word = await wordOf(child.stdio[3] as Readable, child);
		if ('refused' in word) {
			say(`refused: ${word.refused}`);
			return word.code;
		}
		print(word.runId);
		say(
			`Run ${word.runId} goes on in the background, pid ${child.pid}. etcdtop shows it, and X there stops it between two members. Its log: ${log}`,
		);
		return exitCodes.done;
	} finally {
		forget();
		child.unref();
		(child.stdio[3] as Readable | null)?.destroy();
	}
}

function wordOf(stream: Readable, child: ReturnType<typeof spawn>): Promise<Word> {
	return new Promise((resolve) => {
		createInterface({input: stream}).once('line', (line) => resolve(JSON.parse(line) as Word));
		child.once('error', (error) => resolve({refused: `it can't be started: ${error.message}`, code: exitCodes.failed}));
		child.once('exit', (code) =>
			resolve({refused: 'its process ended before it began; see its log', code: code || exitCodes.failed}),
		);
	});
}
