/** Packages of Debian and its relatives without installing them: fetched and checked by apt, unpacked into a folder of ours. */
import {mkdir, mkdtemp, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {run} from './run-program.ts';

export type UnpackOptions = {
	/** Replaced as a whole, once everything is there. */
	readonly folder: string;
	readonly environment: NodeJS.ProcessEnv;
	/** Nobody wants it any more. */
	readonly signal?: AbortSignal | undefined;
	/** Another suite than the machine's own, from the same mirror. */
	readonly suite?: string;
};

/** Fetches and unpacks `packages`; false where there is no apt, no network, no such package or no room. Needs no rights. */
export async function unpackPackages(packages: readonly string[], options: UnpackOptions): Promise<boolean> {
	const {folder, environment, signal} = options;
	let work: string | undefined;
	try {
		await makeDirectory(dirname(folder));
		// Beside the folder, so that the last step is a rename, which two processes can do at once.
		work = await mkdtemp(`${folder}-fetching-`);
		await fetchPackages(packages, work, options);
		const unpacked = join(work, 'unpacked');
		for (const name of await readdir(work)) {
			if (name.endsWith('.deb')) {
				await run('dpkg-deb', ['--extract', join(work, name), unpacked], {env: environment, signal});
			}
		}
		await rm(folder, {recursive: true, force: true});
		await rename(unpacked, folder);
		return true;
	} catch {
		return false;
	} finally {
		if (work !== undefined) {
			await rm(work, {recursive: true, force: true});
		}
	}
}

/** By single steps: `recursive` tries for ever where a parent exists and says that it doesn't, as `/proc` does. */
async function makeDirectory(path: string): Promise<void> {
	try {
		await mkdir(path);
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' && dirname(path) !== path) {
			await makeDirectory(dirname(path));
			await mkdir(path);
		} else if (code !== 'EEXIST') {
			throw error;
		}
	}
}

/** Installs for the whole machine, root only; false where there is no apt, or nothing to install from. */
export async function installPackages(
	packages: readonly string[],
	environment: NodeJS.ProcessEnv,
	signal: AbortSignal | undefined,
): Promise<boolean> {
	try {
		const env = {...environment, DEBIAN_FRONTEND: 'noninteractive'};
		await run('apt-get', ['install', '--yes', '--no-install-recommends', ...packages], {env, signal});
		return true;
	} catch {
		return false;
	}
}

async function fetchPackages(packages: readonly string[], work: string, options: UnpackOptions): Promise<void> {
	const {environment: env, signal} = options;
	const download = (flags: readonly string[]): Promise<string> =>
		run('apt-get', [...flags, 'download', ...packages], {cwd: work, env, signal});
	if (options.suite === undefined) {
		try {
			await download([]);
			return;
		} catch {
			// A fresh image comes without package lists, and only root may fetch them into their usual place.
		}
	}
	const flags = await privateLists(work, options);
	// One mirror of several that fails is no matter as long as the package can be fetched.
	await run('apt-get', [...flags, 'update'], {env, signal}).catch(() => '');
	await download(flags);
}

/** apt's flags for lists of our own in `work`, of the machine's sources or of one suite. */
async function privateLists(work: string, {environment, suite}: UnpackOptions): Promise<string[]> {
	const state = join(work, 'state');
	const cache = join(work, 'cache');
	await Promise.all([
		mkdir(join(state, 'lists/partial'), {recursive: true}),
		mkdir(join(cache, 'archives/partial'), {recursive: true}),
	]);
	const flags = [
		['Dir::State', state],
		['Dir::Cache', cache],
		['Dir::State::status', '/var/lib/dpkg/status'],
		// Root's apt drops its rights, and could then not write into a folder of root's.
		['APT::Sandbox::User', ''],
	];
	if (suite !== undefined) {
		const list = join(work, 'sources.list');
		await writeFile(list, `deb ${await debianMirror(environment)} ${suite} main\n`);
		flags.push(['Dir::Etc::sourcelist', list], ['Dir::Etc::sourceparts', '/dev/null']);
	}
	return flags.flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** The mirror that this machine gets Debian itself from. Rejects where it is not a Debian. */
async function debianMirror(environment: NodeJS.ProcessEnv): Promise<string> {
	const format = '$(CREATED_BY) $(ORIGIN) $(COMPONENT) $(REPO_URI)';
	const targets = await run('apt-get', ['indextargets', '--format', format], {env: environment});
	const mirror = /^Packages Debian main (\S+)$/m.exec(targets)?.[1];
	if (mirror === undefined) {
		throw new Error('no Debian mirror is set up here');
	}
	return mirror;
}
