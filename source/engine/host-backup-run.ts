/** One backup on a control-plane host, from its debug pod to the files here: whatever happens, the pod is removed in the end. */
import {randomBytes} from 'node:crypto';
import {BackupError} from '../backup/backup-error.ts';
import {type SavingHostBackup, type SummedFile, saveHostBackup} from '../backup/save-host-backup.ts';
import type {SnapshotStatus} from '../backup/snapshot-status.ts';
import {type BackupManifest, manifestName, serializeManifest} from '../domain/backup-manifest.ts';
import {diskRefusal, type HostBackupFiles, type HostFile, leftByScript, newBackup, scriptFailure} from '../domain/host-backup.ts';
import {
	type BroughtFile,
	type HostBackup,
	type HostBackupPhase,
	podStartTimeoutMs,
	readSilentMs,
	scriptSilentMs,
	scriptTimeoutMs,
	sumTimeoutMs,
} from '../domain/host-backup-run.ts';
import {partialLabelName, partialLabelText} from '../domain/partial-encryption.ts';
import {sizeText} from '../domain/text.ts';
import type {HostBackupPort, HostShell} from '../transport/platform.ts';
import {failureOf, TransportError} from '../transport/transport-error.ts';
import type {Clock} from './clock.ts';

export type HostRunOptions = {
	readonly port: HostBackupPort;
	readonly clock: Clock;
	readonly backup: HostBackup;
	/** For the script's environment. */
	readonly variables: Readonly<Record<string, string>>;
	readonly dbSizeBytes: number;
	/** Whether a migration of the encryption is under way now: its type, `unknown` where nobody tells. Asked again once the script has ended. */
	readonly migratingType: () => Promise<string | undefined>;
	readonly manifestOf: (facts: HostManifestFacts) => BackupManifest;
	/** Of a manifest: how it is restored. */
	readonly runbookOf: (manifest: BackupManifest, directory: string) => string | undefined;
	/** The backup as it is now. */
	readonly show: (backup: HostBackup) => void;
	/** Called with what brings the files, for a process that ends. */
	readonly onSaving: (saving: SavingHostBackup) => void;
	readonly signal: AbortSignal;
};

export type HostManifestFacts = {
	readonly snapshot: SummedFile;
	readonly resources: SummedFile;
	readonly resourcesDirectory: string | undefined;
	readonly status: SnapshotStatus | undefined;
	readonly isPartial: boolean;
};

/** For a question to the host that reads no large file. */
const call = {timeoutMs: 30_000} as const;

/** The last state of the backup; it never rejects. */
export async function runHostBackup(options: HostRunOptions): Promise<HostBackup> {
	return new HostBackupRun(options).run();
}

class HostBackupRun {
	readonly #options: HostRunOptions;
	#backup: HostBackup;
	/** What is on the host, and whole. */
	#made: {readonly directory: string; readonly files: readonly string[]} | undefined;

	constructor(options: HostRunOptions) {
		this.#options = options;
		this.#backup = options.backup;
	}

	async run(): Promise<HostBackup> {
		const {port, clock, variables, signal} = this.#options;
		const {node, operator} = this.#backup;
		let phase: HostBackupPhase;
		try {
			this.#phase({kind: 'opening'});
			const shell = await port.open(
				{node, operator, variables, onNews: (text) => this.#warn(text)},
				{timeoutMs: podStartTimeoutMs, signal},
			);
			try {
				phase = await this.#inPod(shell);
			} catch (error) {
				phase = this.#ending(error);
			}
			await this.#close(shell);
		} catch (error) {
			phase = this.#ending(error);
		}
		this.#phase('at' in phase ? {...phase, at: clock.uptimeMs()} : phase);
		return this.#backup;
	}

	async #inPod(shell: HostShell): Promise<HostBackupPhase> {
		const {request, node} = this.#backup;
		// What is only passing through gets a directory of its own: all that is in it is ours to remove.
		const directory =
			request.directory === undefined
				? request.hostDirectory
				: `${request.hostDirectory}/etcdtop-${randomBytes(4).toString('hex')}`;
		for (const {path, bytes} of await shell.strays(request.hostDirectory, call)) {
			this.#warn(`an earlier backup left ${sizeText(bytes)} on the host, in ${node}:${path}`);
		}
		const disk = await shell.prepare(directory, call);
		const before = await shell.files(directory, call);
		try {
			const refusal = diskRefusal(disk, this.#options.dbSizeBytes);
			if (refusal !== undefined) {
				throw new BackupError(`${node}: ${refusal}`, 'Make room on that host, or choose another one with --host.');
			}
			const made = await this.#script(shell, directory, before);
			const summed = await this.#sums(shell, directory, made);
			this.#made = {directory, files: [made.snapshot.name, made.resources.name].map((name) => `${node}:${directory}/${name}`)};
			return request.directory === undefined
				? await this.#leave(shell, directory, summed)
				: await this.#bring(shell, directory, request.directory, summed);
		} catch (error) {
			if (this.#made === undefined || this.#options.signal.aborted) {
				await this.#tidy(shell, directory, before);
			}
			throw error;
		}
	}

	async #script(shell: HostShell, directory: string, before: readonly HostFile[]): Promise<HostBackupFiles> {
		const {clock, signal} = this.#options;
		signal.throwIfAborted();
		this.#phase({kind: 'running', since: clock.uptimeMs()});
		const end = await shell.run(directory, {
			onLine: (line) => this.#update({lines: [...this.#backup.lines, line]}),
			timeoutMs: scriptTimeoutMs,
			silentMs: scriptSilentMs,
			signal,
		});
		const failed = scriptFailure(end, directory);
		if (failed !== undefined) {
			throw new BackupError(failed.what, failed.next);
		}
		const made = newBackup(before, await shell.files(directory, call));
		if ('why' in made) {
			throw new BackupError(`cluster-backup.sh says that it is done, but ${made.why}`, 'Look at that directory on the host.');
		}
		const type = this.#backup.isPartial ? undefined : await this.#options.migratingType();
		if (type !== undefined) {
			this.#update({isPartial: true});
			this.#warn(
				type === 'unknown'
					? 'nobody tells whether an encryption migration began meanwhile: the backup is labelled as partially encrypted'
					: 'an encryption migration began meanwhile: the backup is partially encrypted',
			);
		}
		return made;
	}

	async #sums(shell: HostShell, directory: string, {snapshot, resources}: HostBackupFiles) {
		const {clock, signal} = this.#options;
		this.#phase({kind: 'summing', since: clock.uptimeMs(), files: [snapshot, resources]});
		const reading = {timeoutMs: sumTimeoutMs, signal};
		const sum = async (file: HostFile): Promise<SummedFile> => ({
			...file,
			sha256: await shell.sha256(`${directory}/${file.name}`, reading),
		});
		if (!(await shell.isArchive(`${directory}/${resources.name}`, reading))) {
			throw new BackupError(`${resources.name} can't be read to its end on the host`, 'Take another backup.');
		}
		return {snapshot: await sum(snapshot), resources: await sum(resources)};
	}

	async #leave(shell: HostShell, directory: string, {snapshot, resources}: Summed): Promise<HostBackupPhase> {
		const {clock, signal, manifestOf} = this.#options;
		const {node, isPartial} = this.#backup;
		if (!(await shell.isSealed(`${directory}/${snapshot.name}`, {timeoutMs: sumTimeoutMs, signal}))) {
			throw new BackupError(`${snapshot.name} does not end with its SHA-256: it is damaged, or cut off`, 'Take another backup.');
		}
		const manifest = manifestOf({snapshot, resources, resourcesDirectory: undefined, status: undefined, isPartial});
		try {
			await shell.write(`${directory}/${manifestName(snapshot.name)}`, serializeManifest(manifest), call);
			if (isPartial) {
				const text = partialLabelText(snapshot.name, manifest.encryption?.type ?? 'unknown');
				await shell.write(`${directory}/${partialLabelName(snapshot.name)}`, text, call);
			}
		} catch (error) {
			this.#warn(`nothing beside the files on the host tells of them: ${failureOf(error).message}`);
		}
		return {
			kind: 'done',
			at: clock.uptimeMs(),
			files: broughtFiles({snapshot, resources}, (name) => `${node}:${directory}/${name}`),
		};
	}

	async #bring(shell: HostShell, from: string, to: string, {snapshot, resources}: Summed): Promise<HostBackupPhase> {
		const {clock, signal, manifestOf, runbookOf, migratingType} = this.#options;
		const {resourcesDirectory} = this.#backup.request;
		const {isPartial} = this.#backup;
		const partialType = isPartial ? ((await migratingType().catch(() => undefined)) ?? 'unknown') : undefined;
		const since = clock.uptimeMs();
		let shown = {kind: '', at: Number.NEGATIVE_INFINITY};
		const saving = saveHostBackup({
			directory: to,
			resourcesDirectory,
			snapshot,
			resources,
			read: (name, offset, sink) => shell.read(`${from}/${name}`, offset, sink, {silentMs: readSilentMs, signal}),
			isLost: (error) => error instanceof TransportError && /^(unreachable|timed-out)$/.test(error.kind),
			sleep: (ms) => clock.sleep(ms),
			manifestOf: (status) => manifestOf({snapshot, resources, resourcesDirectory, status, isPartial}),
			runbookOf: (manifest) => {
				const runbook = runbookOf(manifest, to);
				if (runbook === undefined) {
					this.#warn(`no runbook could be made to be written beside it: etcdtop restore --from ${to} --print says why`);
				}
				return runbook;
			},
			partialType,
			onProgress: (progress) => {
				const at = clock.uptimeMs();
				if (progress.kind !== shown.kind || at - shown.at >= progressEveryMs) {
					shown = {kind: progress.kind, at};
					this.#phase({since, ...progress});
				}
			},
			signal,
		});
		this.#options.onSaving(saving);
		const {snapshotPath, resourcesPath, status} = await saving.done;
		await shell.clear(from, [snapshot.name, resources.name], call).catch((error: unknown) => {
			this.#warn(`what was on the host is still there, in ${this.#backup.node}:${from}: ${failureOf(error).message}`);
		});
		return {
			kind: 'done',
			at: clock.uptimeMs(),
			files: broughtFiles({snapshot, resources}, (name) => (name === snapshot.name ? snapshotPath : resourcesPath)),
			snapshot: {revision: String(status.revision), totalKeys: status.totalKeys, hash: status.hash.toString(16)},
		};
	}

	/** What is half done on the host goes; where nobody answers, it is said. */
	async #tidy(shell: HostShell, directory: string, before: readonly HostFile[]): Promise<void> {
		try {
			await shell.stopScript(call);
			await shell.clear(directory, leftByScript(before, await shell.files(directory, call)), call);
		} catch (error) {
			this.#warn(`look at ${this.#backup.node}:${directory} for what is half done: ${failureOf(error).message}`);
		}
	}

	async #close(shell: HostShell): Promise<void> {
		await shell.close().catch((error: unknown) => {
			this.#warn(`the debug pod may still be there (${failureOf(error).message}): ${shell.removal}`);
		});
	}

	#ending(error: unknown): HostBackupPhase {
		const {clock, signal} = this.#options;
		const at = clock.uptimeMs();
		if (signal.aborted) {
			return {kind: 'cancelled', at, reason: 'stopped here; nothing was kept', nextStep: ''};
		}
		const {message, nextStep} = error instanceof BackupError ? error : failureOf(error);
		const left = this.#made?.files;
		return {kind: 'failed', at, reason: message, nextStep, ...(left !== undefined && {left})};
	}

	#warn(text: string): void {
		this.#update({warnings: [...this.#backup.warnings, text]});
	}

	#phase(phase: HostBackupPhase): void {
		this.#update({phase});
	}

	#update(fields: Partial<HostBackup>): void {
		this.#backup = {...this.#backup, ...fields};
		this.#options.show(this.#backup);
	}
}

type Summed = {readonly snapshot: SummedFile; readonly resources: SummedFile};

/** A screen draws no faster. */
const progressEveryMs = 200;

function broughtFiles({snapshot, resources}: Summed, placeOf: (name: string) => string): readonly BroughtFile[] {
	return [
		{...snapshot, role: 'snapshot', place: placeOf(snapshot.name)},
		{...resources, role: 'static_kuberesources', place: placeOf(resources.name)},
	];
}
