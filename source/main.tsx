/** The composition root: options, then the screen or the command, then the transport, loaded last because it is the heaviest. */
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {devNull, homedir, hostname, userInfo} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline/promises';
import {fileURLToPath} from 'node:url';
import type {CommandContext} from './commands/context.ts';
import type {Handover} from './commands/detach.ts';
import {sentence} from './commands/sentence.ts';
import type {ClusterKind} from './demo/kubernetes/resources.ts';
import {createEngine} from './engine/engine.ts';
import {initialState} from './engine/initial-state.ts';
import {journalDirectories, openJournal, whyUnwritable} from './engine/journal.ts';
import {acquireRunLock, runLockHolder, waitingForLock} from './engine/run-lock.ts';
import {createStore} from './engine/store.ts';
import {createSystemClock} from './engine/system-clock.ts';
import {openKnownHosts} from './known-hosts.ts';
import {helpText} from './options/help.ts';
import {type Options, parseOptions} from './options.ts';
import {hostOf, reach} from './reach.ts';
import {safeText} from './transport/safe-text.ts';
import {TransportError} from './transport/transport-error.ts';
import {UsageError} from './usage-error.ts';

declare const ETCDTOP_VERSION: string;

const say = (text: string) => process.stderr.write(`${text}\n`);
let hadScreen = false;

const print = (text: string) => process.stdout.write(`${text}\n`);

async function main(argv: readonly string[]): Promise<number> {
	const [hidden, directory] = argv;
	if (hidden === '__reap' && directory !== undefined) {
		const {reap} = await import('./demo/reaper.ts');
		await reap(directory);
		return 0;
	}
	if (hidden === '__detached') {
		return detached();
	}
	const options = parseOptions(argv, process.env);
	if (options.help) {
		print(helpText(options.command));
		return 0;
	}
	if (options.version) {
		print(`etcdtop ${ETCDTOP_VERSION}`);
		return 0;
	}
	return run(options);
}

async function run(options: Options): Promise<number> {
	checkStateDirectory(options);
	switch (options.command) {
		case 'monitor':
			return monitor(options);
		case 'demo':
			return demo(options);
		case 'restore':
			return options.restore.print ? command(options) : restore(options);
		default:
			return command(options);
	}
}

async function command(options: Options): Promise<number> {
	const {runCommand} = await import('./commands/index.ts');
	keepGoingUnread();
	const detached = {command: [process.execPath, launcher(), '__detached'], argv: process.argv.slice(2)};
	return runCommand({...contextOf(options), detached});
}

/** The process of a detached run: what it is to do comes through its input, for a command line is seen by everybody. */
async function detached(): Promise<number> {
	const chunks: Buffer[] = [];
	for await (const chunk of process.stdin) {
		chunks.push(chunk as Buffer);
	}
	const {argv, confirmed} = JSON.parse(Buffer.concat(chunks).toString()) as Handover;
	const {runDetached} = await import('./commands/detached.ts');
	keepGoingUnread();
	// The terminal that it was started from may go.
	process.on('SIGHUP', () => {});
	return runDetached(confirmed, {...contextOf({...parseOptions(argv, process.env), yes: true}), isTerminal: false});
}

/** A directory that was named and can't be used is a mistake to tell at once; one of the usual places is passed over. */
function checkStateDirectory({command, stateDirectory}: Options): void {
	if (stateDirectory === undefined || command === 'status') {
		return;
	}
	const reason = command === 'journal' ? whyMissing(stateDirectory) : whyUnwritable(stateDirectory);
	if (reason !== undefined) {
		throw new UsageError(`--state-dir ${stateDirectory} can't be used: ${reason}.`);
	}
}

function whyMissing(directory: string): string | undefined {
	return existsSync(directory) ? undefined : 'there is no such directory';
}

function contextOf(options: Options): CommandContext {
	const clock = createSystemClock();
	const directories = journalDirectories(process.env, options.stateDirectory);
	const journal = openJournal(directories);
	return {
		options,
		environment: process.env,
		clock,
		journal,
		connect: () => reach(options.connection, process.env, openKnownHosts(directories)),
		createEngine({transport, platform, clusterName}) {
			const store = createStore(
				initialState({
					clock,
					clusterName: options.clusterName ?? clusterName,
					readOnly: false,
					intervalMs: options.intervalMs,
					journalDirectory: journal.directory,
				}),
			);
			const engine = createEngine({
				...engineOptions(options),
				store,
				transport,
				platform,
				clock,
				journal,
				terminal: process.stdin.isTTY === true && !options.yes && !options.detach,
				acquireLock: waitingForLock(acquireRunLock, clock, say),
			});
			return {engine, store, controls: engine.controls};
		},
		print,
		...(process.stdout.isTTY === true ? {columns: process.stdout.columns} : {}),
		say,
		isTerminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
		async ask(question) {
			const lines = createInterface({input: process.stdin, output: process.stderr});
			// Ctrl-C and the end of the input are answers too: no.
			const closed = once(lines, 'close').then(() => '');
			try {
				return await Promise.race([lines.question(question).catch(() => ''), closed]);
			} finally {
				lines.close();
			}
		},
		onInterrupt(callback) {
			const signals = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).filter((signal) => signal !== 'SIGHUP' || !options.detach);
			for (const signal of signals) {
				process.on(signal, callback);
			}
			return () => signals.forEach((signal) => void process.off(signal, callback));
		},
	};
}

/** A reader that went away (`| head`), a terminal that hung up: no reason to end in the middle of a run. */
function keepGoingUnread(): void {
	for (const stream of [process.stdout, process.stderr]) {
		stream.on('error', () => {});
	}
}

function engineOptions(options: Options) {
	return {
		acquireLock: acquireRunLock,
		lockHolder: runLockHolder,
		// As it is read back from a Lease and from the journal.
		operator: safeText(`${userInfo().username}@${hostname()}`),
		commandTimeoutMs: options.connection.commandTimeoutMs,
		defragTimeoutMs: options.defragTimeoutMs,
		cooldownMs: options.cooldownMs,
		backupDirectory:
			options.stateDirectory === undefined ? join(homedir(), 'etcd-backups') : join(options.stateDirectory, 'backups'),
		random: Math.random,
	};
}

async function monitor(options: Options, environment: NodeJS.ProcessEnv = process.env): Promise<number> {
	if (process.stdout.isTTY !== true || process.stdin.isTTY !== true) {
		throw new UsageError('the monitor needs a terminal on both ends. Without one, run: etcdtop status');
	}
	hadScreen = true;
	const {runMonitor} = await import('./monitor.tsx');
	const clock = createSystemClock();
	const directories = journalDirectories(process.env, options.stateDirectory);
	const journal = openJournal(directories);
	const begin = (clusterName: string) =>
		initialState({
			clock,
			clusterName,
			readOnly: options.readOnly,
			intervalMs: options.intervalMs,
			journalDirectory: journal.directory,
		});
	const {connection} = options;
	const given = connection.reach === 'direct' ? hostOf(connection.endpoints[0] ?? '') : '';
	const store = createStore(begin(options.clusterName ?? given));
	return runMonitor({
		options,
		store,
		clock,
		begin,
		reach: (connection, signal) => reach(connection, environment, openKnownHosts(directories), signal),
		createEngine: ({transport, platform}, own) =>
			createEngine({...engineOptions(options), store: own, transport, platform, clock, journal, terminal: true, shows: true}),
	});
}

/** A runbook on a screen of its own, which needs no cluster that answers. */
async function restore(options: Options): Promise<number> {
	if (process.stdout.isTTY !== true || process.stdin.isTTY !== true) {
		throw new UsageError('the runbook needs a terminal on both ends. Without one, print it: etcdtop restore --print');
	}
	const {runRestore} = await import('./restore/run-restore.tsx');
	const {connect, journal, clock, environment} = contextOf(options);
	return runRestore({
		options,
		environment,
		clock,
		journal,
		connect,
		directories: journalDirectories(process.env, options.stateDirectory),
		operator: engineOptions(options).operator,
		say,
		onScreen: () => {
			hadScreen = true;
		},
	});
}

async function demo(options: Options): Promise<number> {
	const [{runDemo}, {scenarios}] = await Promise.all([import('./demo/demo.ts'), import('./demo/scenarios.ts')]);
	if (!Object.hasOwn(scenarios, options.scenario)) {
		throw new UsageError(`--scenario takes ${Object.keys(scenarios).join(', ')}.`);
	}
	return runDemo({
		scenario: options.scenario as keyof typeof scenarios,
		...(options.demoKubernetes !== undefined && {kubernetes: options.demoKubernetes as ClusterKind}),
		monitor: !options.noMonitor,
		...(options.stateDirectory === undefined ? {} : {stateDirectory: options.stateDirectory}),
		openMonitor(flags) {
			const {connection, stateDirectory = ''} = parseOptions([...flags], {});
			return monitor(
				{...options, command: 'monitor', connection, stateDirectory, clusterName: `demo ${options.scenario}`},
				withoutContexts(process.env),
			);
		},
		reaper: [process.execPath, launcher(), '__reap'],
		say,
		print,
	});
}

/** From a demo no real cluster is switched to: what is done there is written down with the demo, and forgotten with it. */
function withoutContexts({KUBERNETES_SERVICE_HOST: _, ...environment}: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	return {...environment, KUBECONFIG: devNull};
}

/** The program that the user started, to start it again for a hidden subcommand. */
function launcher(): string {
	return process.argv[1] ?? fileURLToPath(import.meta.url);
}

/** Expected failures are a sentence; anything else is a defect, and says so with its stack. */
function report(error: unknown): number {
	if (error instanceof UsageError) {
		say(`etcdtop: ${error.message}`);
		return 2;
	}
	if (error instanceof TransportError) {
		say(`etcdtop: ${sentence(error.failure)}`);
		return 1;
	}
	say(`etcdtop: this is a defect, please report it.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
	return 1;
}

/**
 * A terminal that takes no bytes must not keep a process that has had a screen; what the others printed is handed over first. Then it
 * ends, whatever is still open: a member that was left at work must not keep us.
 */
function end(code: number): void {
	process.exitCode = code;
	if (hadScreen) {
		process.exit(code);
	}
	process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

main(process.argv.slice(2)).then(end, (error: unknown) => end(report(error)));
