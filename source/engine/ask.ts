import type {Answer} from '../domain/observation.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {Clock} from './clock.ts';

/** One question as an answer: never rejects, and measures by uptime. */
export async function ask<T>(clock: Clock, question: () => Promise<T>): Promise<Answer<T>> {
	const since = clock.uptimeMs();
	try {
		const value = await question();
		const at = clock.uptimeMs();
		return {kind: 'answered', at, latencyMs: at - since, value};
	} catch (error) {
		const at = clock.uptimeMs();
		return {kind: 'failed', at, waitedMs: at - since, failure: failureOf(error)};
	}
}
