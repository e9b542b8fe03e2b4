/** Asks for another type: everything is looked at anew, written down, patched once, and looked at again. */
import type {EncryptionSight, EncryptionType} from '../domain/encryption.ts';
import type {EncryptionChange} from '../domain/encryption-known.ts';
import {type EncryptionPlan, planEncryption} from '../domain/encryption-plan.ts';
import type {EncryptionPort} from '../transport/platform.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {EncryptionControlOptions} from './encryption-control.ts';
import {lineOf} from './file-attempt-log.ts';

export type EncryptionChangeOptions = Omit<EncryptionControlOptions, 'platform' | 'connection' | 'looksAtStart'> & {
	readonly port: EncryptionPort;
	/** One that begins now: what is under way may not hold what has changed since. */
	readonly lookAnew: () => Promise<EncryptionSight>;
};

const fasterText = 'somebody changed it meanwhile; look again, and ask again';

/** `shown`: the plan that `typed` was typed for. Never rejects: what came of it is in the state. */
export async function changeEncryption(options: EncryptionChangeOptions, typed: string, shown: EncryptionPlan): Promise<void> {
	const {clock, dispatch, getState, operator, lookAnew} = options;
	const {type} = shown;
	const begun = {operator, type, startedAt: clock.uptimeMs()} as const;
	const show = (phase: EncryptionChange['phase']) => dispatch({type: 'encryptionChangeChanged', change: {...begun, phase}});
	const say = (text: string) => dispatch({type: 'messageChanged', message: {kind: 'refused', text: `encryption: ${text}`}});
	const refuse = (reason: string) => {
		show({kind: 'refused', at: clock.uptimeMs(), reason});
		say(reason);
	};
	const note = (fields: Parameters<typeof lineOf>[3]) => {
		try {
			options.journal.append(lineOf(clock, operator, getState().clusterId ?? '', fields), {sync: true});
			return undefined;
		} catch (error) {
			return error instanceof Error ? error.message : String(error);
		}
	};

	show({kind: 'asking'});
	const plan = planEncryption(await lookAnew(), type, getState());
	const line = {what: 'encryption', encryptionType: type} as const;
	const held = plan.refusal ?? otherThan(shown, plan, typed) ?? note({type: 'asked', ...line});
	if (held !== undefined) {
		return refuse(held);
	}
	const outcome = await patch(options.port, type, plan.version);
	const unwritten = note({
		type: 'answered',
		...line,
		outcome: outcome.kind,
		...('reason' in outcome && {reason: outcome.reason}),
	});
	if (unwritten !== undefined) {
		say(unwritten);
	}
	switch (outcome.kind) {
		case 'done':
			show({kind: 'done', at: clock.uptimeMs()});
			dispatch({
				type: 'happened',
				event: {at: clock.uptimeMs(), kind: 'note', subject: 'cluster', text: `${whatOf(type)} asked for by ${operator}`},
			});
			break;
		case 'failed':
			refuse(outcome.reason);
			break;
		case 'unknown':
			show({kind: 'unknown', at: clock.uptimeMs(), reason: outcome.reason});
			break;
	}
	await lookAnew();
}

function otherThan(shown: EncryptionPlan, {version, confirmation}: EncryptionPlan, typed: string): string | undefined {
	if (version !== shown.version) {
		return fasterText;
	}
	return typed === confirmation.word ? undefined : `type "${confirmation.word}"`;
}

type Outcome = {readonly kind: 'done'} | {readonly kind: 'failed' | 'unknown'; readonly reason: string};

async function patch(port: EncryptionPort, type: EncryptionType, version: string): Promise<Outcome> {
	try {
		const answer = await port.set(type, version);
		switch (answer.kind) {
			case 'written':
				return {kind: 'done'};
			case 'conflict':
				return {kind: 'failed', reason: fasterText};
			case 'refused':
				return {kind: 'failed', reason: answer.why};
		}
	} catch (error) {
		return {kind: 'unknown', reason: failureOf(error).message};
	}
}

function whatOf(type: EncryptionType): string {
	return type === 'identity' ? 'decryption' : `encryption with ${type}`;
}
