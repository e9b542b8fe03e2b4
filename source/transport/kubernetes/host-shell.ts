/** What a backup does on a control-plane host, through its debug pod: every command is one of these, and none is put together from text. */
import {backupScript, type HostDisk, type HostFile, type ScriptEnd} from '../../domain/host-backup.ts';
import type {HostShell, ReadOptions, RunScriptOptions} from '../platform.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions} from '../transport.ts';
import {TransportError} from '../transport-error.ts';
import type {KubernetesClient} from './client.ts';
import {type RunningPod, removalCommand, removeDebugPod} from './debug-pod.ts';
import {containerName} from './debug-pod-object.ts';
import {followScript} from './host-script.ts';
import {type PodCommand, runInPod} from './pod-exec.ts';
import {streamFromPod} from './pod-stream.ts';

const filesScript = `cd "$1" 2>/dev/null || exit 0
for file in snapshot_* static_kuberesources_*; do
	[ -f "$file" ] && stat -c "%s %n" "$file"
done
exit 0`;

const straysScript = `cd "$1" 2>/dev/null || exit 0
for folder in etcdtop-*; do
	[ -d "$folder" ] && du -s -k "$folder"
done
exit 0`;

const sealScript = `set -e
end=$(tail -c 32 "$1" | od -A n -v -t x1 | tr -d " \\n")
sum=$(head -c -32 "$1" | sha256sum | cut -c 1-64)
[ "$end" = "$sum" ] && echo sealed || echo broken`;

const writeScript = `umask 077
set -C
printf %s "$2" >"$1"`;

const clearScript = `cd "$1" 2>/dev/null || exit 0
shift
rm -f -- "$@"`;

export class DebugPodShell implements HostShell {
	readonly where: string;
	readonly removal: string;
	readonly #client: KubernetesClient;
	readonly #pod: RunningPod;
	readonly #call: CallOptions;

	constructor(client: KubernetesClient, pod: RunningPod, node: string, call: CallOptions) {
		this.#client = client;
		this.#pod = pod;
		this.#call = call;
		this.where = safeText(`pod ${pod.name} in ${pod.namespace} on ${node}`);
		this.removal = removalCommand(pod);
	}

	async prepare(directory: string, options: CallOptions): Promise<HostDisk> {
		await this.#host('making the directory on the host', ['mkdir', '-p', '-m', '0700', '--', directory], options);
		const text = await this.#host('free space on the host', ['df', '-P', '-k', '--', directory], options);
		const [, total, , free] = text.trim().split('\n').at(-1)?.split(/\s+/) ?? [];
		const [totalBytes, freeBytes] = [Number(total) * 1024, Number(free) * 1024];
		if (!(totalBytes > 0 && freeBytes >= 0)) {
			throw unreadable('free space on the host', text);
		}
		return {totalBytes, freeBytes};
	}

	async files(directory: string, options: CallOptions): Promise<readonly HostFile[]> {
		const text = await this.#host('files on the host', script(filesScript, directory), options);
		return text
			.split('\n')
			.filter((line) => line !== '')
			.map((line) => {
				const [, bytes, name] = /^(\d+) ([\w.-]+)$/.exec(line) ?? [];
				if (name === undefined) {
					throw unreadable('files on the host', line);
				}
				return {name, bytes: Number(bytes)};
			});
	}

	async strays(directory: string, options: CallOptions): Promise<readonly {readonly path: string; readonly bytes: number}[]> {
		const text = await this.#host('what earlier backups left on the host', script(straysScript, directory), options);
		return [...text.matchAll(/^(\d+)\s+(etcdtop-[0-9a-f]{8})$/gm)].map(([, kib, name]) => ({
			path: `${directory}/${name}`,
			bytes: Number(kib) * 1024,
		}));
	}

	run(directory: string, options: RunScriptOptions): Promise<ScriptEnd> {
		const run = (what: string, command: readonly string[], call: CallOptions) => this.#output(what, command, call);
		return followScript(run, ['chroot', '/host', backupScript, directory], options);
	}

	async stopScript(options: CallOptions): Promise<void> {
		const kill = 'cd /tmp/etcdtop-backup 2>/dev/null || exit 0; [ -f exit ] || kill -TERM "$(cat pid)"';
		await this.#output('ending the script', ['/bin/sh', '-c', kill], options);
	}

	async sha256(path: string, options: CallOptions): Promise<string> {
		const text = await this.#host('SHA-256 on the host', ['sha256sum', '--', path], options);
		const [sum] = /^\\?[0-9a-f]{64}(?= )/.exec(text) ?? [];
		if (sum === undefined) {
			throw unreadable('SHA-256 on the host', text);
		}
		return sum.replace('\\', '');
	}

	async isSealed(path: string, options: CallOptions): Promise<boolean> {
		return (await this.#host('checking the snapshot on the host', script(sealScript, path), options)).trim() === 'sealed';
	}

	async isArchive(path: string, options: CallOptions): Promise<boolean> {
		const {exitCode} = await this.#output('reading the archive on the host', inHost(['gzip', '-t', '--', path]), options);
		return exitCode === 0;
	}

	async read(path: string, offset: number, sink: (bytes: Buffer) => Promise<void>, options: ReadOptions): Promise<void> {
		const words = inHost(['tail', '-c', `+${offset + 1}`, '--', path]);
		const command = this.#command('reading from the host', words);
		const {silentMs: silenceMs, signal} = options;
		const stream = {silenceMs, firstByteMs: silenceMs, dialTimeoutMs: silenceMs, said: () => {}, ...(signal && {signal})};
		const explain = (exitCode: number, said: string) =>
			new TransportError({kind: 'rejected', message: `${command.what}: ${said || `exit code ${exitCode}`}`, nextStep: ''});
		for await (const bytes of streamFromPod(this.#client, command, stream, explain)) {
			await sink(bytes);
		}
	}

	async write(path: string, text: string, options: CallOptions): Promise<void> {
		await this.#host('writing on the host', script(writeScript, path, text), options);
	}

	async clear(directory: string, names: readonly string[], options: CallOptions): Promise<void> {
		await this.#host('removing files on the host', script(clearScript, directory, ...names), options);
		await this.#output('removing the directory on the host', inHost(['rmdir', '--', directory]), options);
	}

	async close(): Promise<void> {
		await removeDebugPod(this.#client, this.#pod, this.#call);
	}

	/** What a command on the host printed. Throws `TransportError`, also where it ends with an error. */
	async #host(what: string, words: readonly string[], options: CallOptions): Promise<string> {
		const {stdout, stderr, exitCode} = await this.#output(what, inHost(words), options);
		if (exitCode !== 0) {
			throw new TransportError({
				kind: 'rejected',
				message: `${what}: ${safeText(stderr) || `exit code ${exitCode}`}`,
				nextStep: 'Look at that host, or choose another one with --host.',
			});
		}
		return stdout;
	}

	#output(what: string, command: readonly string[], options: CallOptions) {
		return runInPod(this.#client, this.#command(what, command), options);
	}

	#command(what: string, command: readonly string[]): PodCommand {
		const {namespace, name} = this.#pod;
		return {pod: {key: {namespace, name}}, container: containerName, command, what: `${what} (${this.where})`};
	}
}

function inHost(words: readonly string[]): readonly string[] {
	return ['chroot', '/host', ...words];
}

/** The text is ours; what comes from elsewhere is its arguments. */
function script(text: string, ...words: readonly string[]): readonly string[] {
	return ['/bin/sh', '-c', text, 'etcdtop', ...words];
}

function unreadable(what: string, text: string): TransportError {
	return new TransportError({
		kind: 'rejected',
		message: `${what}: it can't be read: ${safeText(text)}`,
		nextStep: 'Look at that host, or choose another one with --host.',
	});
}
