/** What every way to a cluster ends with. */
import {sentence} from './commands/sentence.ts';
import type {Platform} from './transport/platform.ts';
import type {Transport} from './transport/transport.ts';
import {TransportError} from './transport/transport-error.ts';
import {UsageError} from './usage-error.ts';

/** A cluster that can be asked, and what is known of its surroundings. */
export type Reached = {
	readonly transport: Transport;
	readonly platform: Platform;
	/** The context, or the first endpoint. */
	readonly clusterName: string;
	/** Those of the kubeconfig, where there is one. */
	readonly contexts: readonly string[];
};

/** Nothing was asked of anybody yet: where it fails, it is what was typed that can't be right. */
export function asTyped<T>(read: () => T): T {
	try {
		return read();
	} catch (error) {
		throw error instanceof TransportError ? new UsageError(sentence(error.failure)) : error;
	}
}
