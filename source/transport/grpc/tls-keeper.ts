/** The certificates in use, kept up with the files. */
import {readTlsMaterial, type TlsFiles, type TlsMaterial} from './tls-material.ts';
import type {TlsSettings} from './tls-session.ts';

export class TlsKeeper {
	readonly #files: TlsFiles;
	readonly #insecureSkipTlsVerify: boolean;
	#material: TlsMaterial;

	/** Throws `TransportError` `tls` for files that are of no use. */
	constructor(files: TlsFiles, insecureSkipTlsVerify: boolean) {
		this.#files = files;
		this.#insecureSkipTlsVerify = insecureSkipTlsVerify;
		this.#material = readTlsMaterial(files);
	}

	get settings(): TlsSettings {
		return {material: this.#material, insecureSkipTlsVerify: this.#insecureSkipTlsVerify};
	}

	/** Whether the files say something new, which then is in use. Files in the middle of being replaced don't count yet. */
	refresh(): boolean {
		try {
			const material = readTlsMaterial(this.#files);
			const changed = material.fingerprint !== this.#material.fingerprint;
			if (changed) {
				this.#material = material;
			}
			return changed;
		} catch {
			return false;
		}
	}
}
