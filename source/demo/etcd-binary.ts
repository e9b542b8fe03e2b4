/** Where an etcd to run comes from: PATH, else the distribution's package, unpacked into a cache folder without being installed. */
import {access, constants} from 'node:fs/promises';
import {homedir} from 'node:os';
import {delimiter, join} from 'node:path';
import {installPackages, unpackPackages} from './debian-packages.ts';
import {run} from './run-program.ts';

export type EtcdPrograms = {readonly etcd: string; readonly etcdctl?: string};

export type FindOptions = {
	/** Also wanted; then it is in the answer. */
	readonly etcdctl?: boolean;
	/** What is downloaded stays here. Default: `etcdtop` in the user's cache folder. */
	readonly cacheDirectory?: string;
	/** Default: this process's. */
	readonly environment?: NodeJS.ProcessEnv;
	/** Told what takes a while: one sentence. */
	readonly say?: (sentence: string) => void;
	/** Ends the search, which then rejects with its reason; a package that is being fetched is left. */
	readonly signal?: AbortSignal;
};

/** No etcd to be had; the message says in one sentence what to install. */
export class EtcdNotFoundError extends Error {
	constructor(missing: string) {
		super(
			`${missing} was not found and could not be fetched: install etcd with your package manager ` +
				'(Debian and Ubuntu: etcd-server and etcd-client; Fedora and Homebrew: etcd) so that it is in PATH.',
		);
		this.name = 'EtcdNotFoundError';
	}
}

/** Debian's, and those of everybody who builds on it. */
const packages = ['etcd-server', 'etcd-client'] as const;

/** Finds etcd, or fetches it once. Rejects with `EtcdNotFoundError`. */
export async function findEtcd(options: FindOptions = {}): Promise<EtcdPrograms> {
	const {signal, environment = process.env} = options;
	const complete = (found: Partial<EtcdPrograms>): found is EtcdPrograms =>
		found.etcd !== undefined && (found.etcdctl !== undefined || !options.etcdctl);

	const inPath = await programsIn((environment.PATH ?? '').split(delimiter));
	if (complete(inPath)) {
		return inPath;
	}
	const folder = join(options.cacheDirectory ?? userCache(environment), 'etcd');
	const cached = await programsIn([join(folder, 'usr/bin')]);
	if (complete(cached)) {
		return cached;
	}
	options.say?.("etcd is not in PATH: fetching the distribution's package.");
	if (await unpackPackages(packages, {folder, environment, signal})) {
		const unpacked = await programsIn([join(folder, 'usr/bin')]);
		if (complete(unpacked)) {
			return unpacked;
		}
	}
	// Whoever leaves while it is fetched does not want it installed.
	signal?.throwIfAborted();
	if (process.getuid?.() === 0) {
		options.say?.(`It could not be unpacked: installing ${packages.join(' and ')}.`);
		const installed = (await installPackages(packages, environment, signal)) ? await programsIn(['/usr/bin']) : {};
		if (complete(installed)) {
			return installed;
		}
	}
	signal?.throwIfAborted();
	throw new EtcdNotFoundError(inPath.etcd === undefined ? 'etcd' : 'etcdctl');
}

/**
 * The etcd of another suite of the machine's own distribution, `trixie` or `unstable`, from the mirror that the machine is set
 * up for; undefined where that can't be had.
 */
export async function findEtcdOfSuite(suite: string, cacheDirectory: string): Promise<Required<EtcdPrograms> | undefined> {
	const folder = join(cacheDirectory, `etcd-${suite}`);
	const cached = await programsIn([join(folder, 'usr/bin')]);
	const found =
		cached.etcd === undefined && (await unpackPackages(packages, {folder, environment: process.env, suite}))
			? await programsIn([join(folder, 'usr/bin')])
			: cached;
	const {etcd, etcdctl} = found;
	return etcd !== undefined && etcdctl !== undefined ? {etcd, etcdctl} : undefined;
}

/** `3.4.23`. Rejects when the program does not run here. */
export async function etcdVersion(etcd: string): Promise<string> {
	const output = await run(etcd, ['--version']);
	return /etcd Version: (\S+)/.exec(output)?.[1] ?? output.trim();
}

async function programsIn(folders: readonly string[]): Promise<Partial<EtcdPrograms>> {
	const [etcd, etcdctl] = await Promise.all([firstProgram(folders, 'etcd'), firstProgram(folders, 'etcdctl')]);
	return {...(etcd !== undefined && {etcd}), ...(etcdctl !== undefined && {etcdctl})};
}

async function firstProgram(folders: readonly string[], name: string): Promise<string | undefined> {
	for (const folder of folders) {
		const path = join(folder, name);
		try {
			await access(path, constants.X_OK);
			// A package of another machine's architecture or C library, in a cache that moved, is none.
			await run(path, [name === 'etcd' ? '--version' : 'version']);
			return path;
		} catch {
			// Not there, or not for us: the next folder.
		}
	}
	return undefined;
}

function userCache(environment: NodeJS.ProcessEnv): string {
	return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'etcdtop');
}
