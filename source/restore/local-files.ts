/** Whether the files of a backup are whole, as they lie here. */
import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {Writable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {createGunzip} from 'node:zlib';
import type {CheckAnswer, RunbookFile} from '../domain/runbook.ts';
import {sizeText} from '../domain/text.ts';

export type LocalLook = {readonly answer: CheckAnswer; readonly sums: Readonly<Record<string, string>>};

/** etcd ends a snapshot with the SHA-256 of what comes before it; the pages before it are of 512 bytes at least. */
const hashBytes = 32;
const pageBytes = 512;

export async function lookAtFiles(files: readonly RunbookFile[], signal: AbortSignal): Promise<LocalLook> {
	const sums: Record<string, string> = {};
	const told: string[] = [];
	for (const file of files) {
		const look = await lookAt(file, signal);
		if ('why' in look) {
			return {answer: {kind: 'not yet', text: `${file.name}: ${look.why}`}, sums: {}};
		}
		sums[file.name] = look.sha256;
		told.push(`${file.name} ${sizeText(look.bytes)}`);
	}
	const how = files.every(({sha256}) => sha256 !== undefined) ? ', with the checksums of the manifest' : '';
	return {answer: {kind: 'yes', text: `whole: ${told.join(', ')}${how}`}, sums};
}

type Look = {readonly sha256: string; readonly bytes: number} | {readonly why: string};

async function lookAt({name, path, bytes: wanted, sha256: recorded}: RunbookFile, signal: AbortSignal): Promise<Look> {
	const whole = createHash('sha256');
	const before = createHash('sha256');
	let tail: Buffer = Buffer.alloc(0);
	let bytes = 0;
	try {
		await pipeline(
			createReadStream(path, {highWaterMark: 1024 * 1024}),
			new Writable({
				write(chunk: Buffer, _encoding, done) {
					bytes += chunk.length;
					whole.update(chunk);
					const all = Buffer.concat([tail, chunk]);
					const cut = Math.max(0, all.length - hashBytes);
					before.update(all.subarray(0, cut));
					tail = all.subarray(cut);
					done();
				},
			}),
			{signal},
		);
	} catch (error) {
		const {code = ''} = error as NodeJS.ErrnoException;
		return {why: code === 'ENOENT' ? `it is not at ${path}` : `it can't be read: ${code || String(error)}`};
	}
	const sha256 = whole.digest('hex');
	if (recorded !== undefined && recorded !== sha256) {
		return {
			why: `damaged: its checksum is not the manifest's${wanted === bytes ? '' : `, and it has ${bytes} of ${wanted} bytes`}`,
		};
	}
	const damage = name.endsWith('.db')
		? whyNoSnapshot(bytes, tail, before.digest())
		: name.endsWith('.gz')
			? await whyNoArchive(path, signal)
			: undefined;
	return damage === undefined ? {sha256, bytes} : {why: damage};
}

function whyNoSnapshot(bytes: number, tail: Buffer, hash: Buffer): string | undefined {
	if (bytes % pageBytes !== hashBytes) {
		return `cut off, or no snapshot of etcd's: ${bytes} bytes can't end with a checksum`;
	}
	return tail.equals(hash) ? undefined : "damaged: the checksum at its end is not its content's";
}

/** Its end has a checksum too. */
async function whyNoArchive(path: string, signal: AbortSignal): Promise<string | undefined> {
	try {
		await pipeline(createReadStream(path), createGunzip(), new Writable({write: (_chunk, _encoding, done) => done()}), {signal});
		return undefined;
	} catch (error) {
		return `damaged or cut off: ${(error as Error).message}`;
	}
}
