/** The command line and the environment into one checked record; everything wrong in it is a `UsageError`. */
import type {Fragmentation} from './domain/defrag-plan.ts';
import {cooldownMs as minimumCooldownMs, unattendedBytes, unattendedRatio} from './domain/defrag-policy.ts';
import {type Arguments, parseArguments} from './options/arguments.ts';
import type {CommandName} from './options/commands.ts';
import {type ConnectionOptions, connectionFrom} from './options/connection.ts';
import {type HostBackupOptions, hostBackupOptionsFrom} from './options/host-backup.ts';
import {Reader} from './options/reader.ts';
import {type RestoreOptions, restoreOptionsFrom} from './options/restore.ts';
import {parseShare, parseSize} from './options/size.ts';
import {UsageError} from './usage-error.ts';

export type {ConnectionOptions} from './options/connection.ts';

export type Options = {
	readonly command: CommandName;
	/** What follows the command. */
	readonly operands: readonly string[];
	readonly help: boolean;
	readonly version: boolean;
	readonly connection: ConnectionOptions;
	/** Where the operator has a name for it. */
	readonly clusterName?: string;
	readonly stateDirectory?: string;
	readonly intervalMs: number;
	readonly readOnly: boolean;
	readonly color: 'auto' | 'always' | 'never';
	readonly ascii: boolean;
	readonly defragTimeoutMs: number;
	readonly cooldownMs: number;
	readonly all: boolean;
	/** Only members whose file is like that. */
	readonly ifFragmented?: Fragmentation;
	readonly dryRun: boolean;
	readonly moveLeader: boolean;
	readonly allowOutage: boolean;
	readonly toHead: boolean;
	/** `--from` of a backup: a member. */
	readonly backupFrom?: string;
	/** What to encrypt with, where it was said. */
	readonly encryptionType?: 'aescbc' | 'aesgcm';
	readonly wait: boolean;
	readonly yes: boolean;
	/** In a process of its own, which goes on when this terminal is gone. */
	readonly detach: boolean;
	readonly writeOut: 'table' | 'json' | 'simple';
	readonly hostBackup: HostBackupOptions;
	readonly restore: RestoreOptions;
	readonly scenario: string;
	readonly noMonitor: boolean;
	/** What the demo's Kubernetes is like; absent without one. */
	readonly demoKubernetes?: string;
};

const second = 1000;
const day = 24 * 60 * 60 * second;

/** `argv` is without the program's own name. */
export function parseOptions(argv: readonly string[], environment: NodeJS.ProcessEnv): Options {
	const parsed = parseArguments(argv);
	const wants = (name: string) => parsed.given.get(name)?.at(-1) === 'true';
	if (wants('help') || wants('version')) {
		// Whoever asks for help is not told first what is wrong with the environment.
		return {...optionsFrom({...parsed, given: new Map()}, {}), help: wants('help'), version: wants('version')};
	}
	return optionsFrom(parsed, environment);
}

function optionsFrom(parsed: Arguments, environment: NodeJS.ProcessEnv): Options {
	const read = new Reader(parsed, environment);
	const clusterName = read.text('cluster-name');
	const stateDirectory = read.text('state-dir');
	const backupFrom = read.text('from');
	return {
		command: parsed.command.name,
		operands: parsed.operands,
		help: false,
		version: false,
		connection: connectionFrom(read),
		...(clusterName === undefined ? {} : {clusterName}),
		...(stateDirectory === undefined ? {} : {stateDirectory}),
		intervalMs: read.duration('interval', second, 60 * second, '1s to 60s'),
		readOnly: read.isSet('read-only'),
		color: read.choice('color') as Options['color'],
		ascii: read.isSet('ascii'),
		defragTimeoutMs: read.duration('defrag-timeout', second, day, '1s to 24h'),
		cooldownMs: cooldownFrom(read),
		all: read.isSet('all'),
		...fragmentationFrom(read),
		dryRun: read.isSet('dry-run'),
		moveLeader: read.isSet('move-leader'),
		allowOutage: read.isSet('allow-outage'),
		toHead: read.isSet('to-head'),
		...(parsed.command.name === 'backup' && backupFrom !== undefined && {backupFrom}),
		...(read.text('type') !== undefined && {encryptionType: read.choice('type') as 'aescbc' | 'aesgcm'}),
		wait: read.isSet('wait'),
		yes: read.isSet('yes'),
		detach: read.isSet('detach'),
		writeOut: read.choice('write-out') as Options['writeOut'],
		hostBackup: hostBackupOptionsFrom(read),
		restore: restoreOptionsFrom(read),
		scenario: read.choice('scenario'),
		noMonitor: read.isSet('no-monitor'),
		...(read.isSet('kubernetes') && {demoKubernetes: read.choice('distribution')}),
	};
}

/** Its values may be left out: none, the percentage alone, or both. */
function fragmentationFrom(read: Reader): {readonly ifFragmented?: Fragmentation} {
	const {values} = read.values('if-fragmented');
	const given = values.at(-1);
	if (given === undefined) {
		return {};
	}
	const [percent, size] = given.split(' ').filter((word) => word !== '');
	return {
		ifFragmented: {
			ratio: percent === undefined ? unattendedRatio : parseShare(percent, '--if-fragmented'),
			dbSizeBytes: size === undefined ? unattendedBytes : parseSize(size, '--if-fragmented'),
		},
	};
}

function cooldownFrom(read: Reader): number {
	const cooldownMs = read.duration('cooldown', 0, day, '60s to 24h');
	if (cooldownMs < minimumCooldownMs) {
		throw new UsageError(
			'--cooldown can be longer than 60s, never shorter: the cluster needs a minute to recover from each defragmentation.',
		);
	}
	return cooldownMs;
}
