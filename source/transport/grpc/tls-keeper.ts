/** The certificates in use, kept up with where they come from. */
import type {TlsMaterial} from './tls-material.ts';
import type {TlsSettings} from './tls-session.ts';

export class TlsKeeper {
	readonly #read: () => TlsMaterial;
	readonly #insecureSkipTlsVerify: boolean;
	#material: TlsMaterial;

	/** `read` throws `TransportError` `tls` for files that are of no use. */
	constructor(read: () => TlsMaterial, insecureSkipTlsVerify: boolean) {
		this.#read = read;
		this.#insecureSkipTlsVerify = insecureSkipTlsVerify;
		this.#material = read();
	}

	get settings(): TlsSettings {
		return {material: this.#material, insecureSkipTlsVerify: this.#insecureSkipTlsVerify};
	}

	/** Whether there is something new, which then is in use. Files in the middle of being replaced don't count yet. */
	refresh(): boolean {
		try {
			const material = this.#read();
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
