import type {EncryptionType} from '../domain/encryption.ts';
import {whyNotChange} from '../domain/encryption-plan.ts';
import type {State} from '../engine/state.ts';
import type {Action} from './action.ts';
import {firstOf, noCluster, type Reason} from './reasons.ts';

export const encrypt: Action = {
	id: 'encrypt',
	keys: ['e'],
	title: 'encrypt',
	help: "encrypt etcd's values",
	dangerous: true,
	// One of the two types may be the one that there is.
	disabledReason: firstOf(noCluster, notSeen, ({state}) => {
		const [first, second] = [against('aescbc', state), against('aesgcm', state)];
		return first !== undefined && second !== undefined ? first : undefined;
	}),
	run({controls}) {
		controls.openEncryptionPlan();
	},
	opens: 'encrypt',
	command: 'encryption',
};

export const decrypt: Action = {
	id: 'decrypt',
	keys: ['i'],
	title: 'decrypt',
	help: 'decrypt them again',
	dangerous: true,
	disabledReason: firstOf(noCluster, notSeen, ({state}) => against('identity', state)),
	run({controls}) {
		controls.openEncryptionPlan();
	},
	opens: 'decrypt',
	command: 'encryption',
};

function notSeen({state: {encryption, encryptionChange}}: Parameters<Reason>[0]): string | undefined {
	if (encryptionChange?.phase.kind === 'asking') {
		return 'a change is being asked for';
	}
	return encryption === undefined
		? 'the API has not told yet how it is'
		: encryption.kind === 'none'
			? encryption.why
			: undefined;
}

function against(type: EncryptionType, state: State): string | undefined {
	return state.encryption?.kind === 'seen' ? whyNotChange(state.encryption.sight, type, state) : undefined;
}
