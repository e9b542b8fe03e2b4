/** Control-plane hosts by context, as they were seen last: where to go when the Kubernetes API does not answer. */
import {mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {safeText} from './transport/safe-text.ts';

export type KnownHosts = {
	/** Whom to log in as, and where: `core@10.0.0.1`. */
	of(context: string): readonly string[];
	/** Never throws: what can't be kept is not kept. */
	keep(context: string, hosts: readonly string[]): void;
};

const file = 'hosts.json';
/** More than a person switches between. */
const maximumContexts = 50;

/** In the first of the directories that takes it. */
export function openKnownHosts(directories: readonly string[]): KnownHosts {
	const read = (): Readonly<Record<string, readonly string[]>> => {
		for (const directory of directories) {
			try {
				return recordOf(JSON.parse(readFileSync(join(directory, file), 'utf8')));
			} catch {
				// Not there, or not ours: the next one.
			}
		}
		return {};
	};
	return {
		of: (context) => read()[context] ?? [],
		keep(context, hosts) {
			const known = read();
			if (hosts.length === 0 || known[context]?.join() === hosts.join()) {
				return;
			}
			const {[context]: _, ...others} = known;
			const next = {...Object.fromEntries(Object.entries(others).slice(1 - maximumContexts)), [context]: hosts};
			for (const directory of directories) {
				try {
					mkdirSync(directory, {recursive: true, mode: 0o700});
					const written = join(directory, `${file}.${process.pid}`);
					writeFileSync(written, `${JSON.stringify(next)}\n`, {mode: 0o600});
					renameSync(written, join(directory, file));
					return;
				} catch {
					// The next one may take it.
				}
			}
		},
	};
}

function recordOf(value: unknown): Readonly<Record<string, readonly string[]>> {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		return {};
	}
	return Object.fromEntries(
		Object.entries(value).map(([context, hosts]) => [
			context,
			(Array.isArray(hosts) ? hosts : [])
				.filter((host): host is string => typeof host === 'string')
				.map((host) => safeText(host)),
		]),
	);
}
