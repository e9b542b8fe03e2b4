/** Everything that the operator can do to the cluster, and the one place where a read-only session takes it away. */
import {memberLabel} from '../domain/member.ts';
import type {Action, ActionContext} from './action.ts';
import {alarms, askAgain} from './alarms.ts';
import {backup, stopBackup} from './backup.ts';
import {compact} from './compact.ts';
import {defragment} from './defragment.ts';
import {defragmentAll} from './defragment-all.ts';
import {disarm} from './disarm.ts';
import {decrypt, encrypt} from './encryption.ts';
import {hostBackup} from './host-backup.ts';
import {denied, firstOf, readOnly} from './reasons.ts';
import {goWithoutSnapshot, rescue, scanKeys, tryWrite} from './rescue.ts';
import {stopRun} from './stop-run.ts';

export type {Action, ActionContext} from './action.ts';

export const actions: readonly Action[] = [
	defragment,
	defragmentAll,
	compact,
	backup,
	hostBackup,
	stopBackup,
	alarms,
	disarm,
	askAgain,
	encrypt,
	decrypt,
	rescue,
	scanKeys,
	goWithoutSnapshot,
	tryWrite,
	stopRun,
];

/** Why the action can't be done now; undefined when it can. */
export function reasonAgainst(action: Action, context: Omit<ActionContext, 'controls'>): string | undefined {
	return (action.dangerous ? firstOf(readOnly, denied)(context) : undefined) ?? action.disabledReason(context);
}

/** `d etcd-2: it is the leader; …`, `D: read-only session; …`: the key, then the reason. */
export function refusalText(action: Action, reason: string, {state, selected}: Omit<ActionContext, 'controls'>): string {
	const record = state.members.find(({member}) => member.id === selected);
	const named = record !== undefined && reason.startsWith(`${memberLabel(record.member)}: `);
	return `${action.keys[0]}${named ? '' : ':'} ${reason}`;
}
