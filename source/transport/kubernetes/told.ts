/** An answer of the API as plain data: told, denied with the permission that is missing, or silent. */
import {setTimeout as sleep} from 'node:timers/promises';
import {gateTimeoutMs} from '../../domain/defrag-policy.ts';
import type {Told} from '../../domain/surroundings.ts';
import {failureOf, TransportError} from '../transport-error.ts';
import {type Permission, permissionText} from './permissions.ts';

/** `permission`: what a refusal means; `others`: what it may mean as well. */
export async function told<T>(permission: Permission, answer: Promise<T>, ...others: readonly Permission[]): Promise<Told<T>> {
	try {
		return {kind: 'told', value: await within(gateTimeoutMs, answer)};
	} catch (error) {
		const {kind, message} = failureOf(error);
		return kind === 'permission-denied'
			? {kind: 'denied', permission: [permission, ...others].map(permissionText).join(' and ')}
			: {kind: 'silent', why: message};
	}
}

/** A question may be of several requests, and their deadline that of a user who has the time. */
async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
	const late = {kind: 'timed-out', message: `no answer within ${(ms / 1000).toFixed(1)} s`, nextStep: ''} as const;
	const done = new AbortController();
	const deadline = sleep(ms, undefined, {signal: done.signal}).then(() => {
		throw new TransportError(late);
	});
	try {
		return await Promise.race([answer, deadline]);
	} finally {
		deadline.catch(() => undefined);
		done.abort();
	}
}
