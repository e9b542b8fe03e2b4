/** `etcdtop restore`: opens the runbook, the ways to look, and the screen. */
import type {Clock} from '../engine/clock.ts';
import {lineOf} from '../engine/file-attempt-log.ts';
import type {Journal} from '../engine/journal.ts';
import {acquireRunLock} from '../engine/run-lock.ts';
import type {Options} from '../options.ts';
import type {Reached} from '../reached.ts';
import {colorLevel, mount, openTerminal, usesUtf8} from '../terminal/index.ts';
import {createTheme} from '../theme.ts';
import type {HostCommands} from '../transport/platform.ts';
import {RestoreApp} from './app.tsx';
import {openApiOrNot} from './cluster-facts.ts';
import {createRestoreControl} from './control.ts';
import type {Ways} from './looks.ts';
import {membersBy} from './members.ts';
import {keeper, openRun} from './open-run.ts';

export type RunRestoreOptions = {
	readonly options: Options;
	readonly environment: NodeJS.ProcessEnv;
	readonly clock: Clock;
	readonly journal: Journal;
	readonly connect: () => Promise<Reached>;
	readonly directories: readonly string[];
	readonly operator: string;
	readonly say: (text: string) => void;
	readonly onScreen: () => void;
};

const refused = 3;
const failed = 1;

/** Exit code. Throws `UsageError`. */
export async function runRestore(given: RunRestoreOptions): Promise<number> {
	const {options, environment, clock, connect, directories, operator, say} = given;
	const {api, notes} = await openApiOrNot(options, environment);
	const opened = await openRun({options, directories, clock, api, connect});
	if (opened.kind === 'refused') {
		for (const note of opened.notes) {
			say(note);
		}
		say(`refused: ${opened.why}`);
		api?.close();
		return refused;
	}
	const locked = await acquireRunLock(`restore-${opened.run.id}`, operator);
	if (locked.kind === 'held') {
		say(`refused: this runbook is open already: ${locked.heldBy}`);
		api?.close();
		return refused;
	}
	const hosts = await hostsFor(options);
	const members = membersBy(connect, options.connection.commandTimeoutMs);
	try {
		const ways: Ways = {...(hosts && {hosts}), ...(api && {api: api.port}), members: members.ask};
		return await show(given, {run: opened.run, path: opened.path, notes: [...notes, ...opened.notes], ways});
	} finally {
		hosts?.close();
		members.close();
		api?.close();
		locked.lock.release();
	}
}

async function hostsFor({restore, connection}: Options): Promise<HostCommands | undefined> {
	if (restore.sshUser === undefined) {
		return undefined;
	}
	const {createSshHosts} = await import('../transport/host/ssh-hosts.ts');
	return createSshHosts({user: restore.sshUser, dialTimeoutMs: connection.dialTimeoutMs});
}

type Shown = {
	readonly run: Parameters<typeof createRestoreControl>[0]['run'];
	readonly path: string;
	readonly notes: readonly string[];
	readonly ways: Ways;
};

async function show(
	{options, environment, clock, journal, operator, onScreen, say}: RunRestoreOptions,
	{run, path, notes, ways}: Shown,
): Promise<number> {
	const control = createRestoreControl({
		run,
		path,
		keep: keeper(path),
		ways,
		clock,
		note(type, reason, outcome) {
			const fields = {what: 'restore step', reason} as const;
			try {
				const line = type === 'asked' ? {type, ...fields} : {type, ...fields, outcome: outcome ?? 'unknown'};
				journal.append(lineOf(clock, operator, run.runbook.clusterName, line), {sync: true});
			} catch {
				// The runbook's own file has it: a restore is not held up by a journal.
			}
		},
	});
	const {stdin, stdout} = process;
	const ascii = !usesUtf8(environment, options.ascii);
	const color = colorLevel({flag: options.color, env: environment, isTty: true}) > 0;
	const terminal = openTerminal({stdin, stdout, env: environment, ascii, color: options.color});
	onScreen();
	const ssh = options.restore.sshUser;
	mount(
		terminal,
		<RestoreApp
			control={control}
			theme={createTheme({unicode: !ascii, color})}
			ways={`${ssh === undefined ? 'no ssh' : `ssh ${ssh}@`}, ${ways.api === undefined ? 'no Kubernetes API' : 'Kubernetes API'}`}
			now={clock.uptimeMs}
			copy={(text) => terminal.copy(text, environment)}
			onQuit={() => terminal.close()}
		/>,
	);
	if (notes.length > 0) {
		control.say('note', notes.join('; '));
	}
	control.start();
	const closed = await terminal.closed;
	control.stop();
	if (closed.reason !== 'asked') {
		// A connection that is lost must not cut a script short on its host: it is awaited, and what came of it is kept.
		await control.idle();
	}
	say(`kept in ${path}. Go on: etcdtop restore --resume${ssh === undefined ? '' : ` --ssh ${ssh}@`}`);
	return closed.reason === 'asked' ? 0 : failed;
}
