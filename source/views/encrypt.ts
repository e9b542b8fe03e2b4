/** Encrypting: with which of the two, or neither. Each then asks for its word. */
import {type Dialog, type DialogRow, type Room, row, textRows} from '../components/dialog.ts';
import {emptyLine, span} from '../components/line.ts';
import {type EncryptionPlan, encryptionObject} from '../domain/encryption-plan.ts';
import type {State} from '../engine/state.ts';
import type {Theme} from '../theme.ts';
import {buttonRows} from './quit.ts';

type Choice = 'cancel' | 'aescbc' | 'aesgcm';

const labels: Record<Choice, string> = {cancel: 'Cancel', aescbc: 'aescbc', aesgcm: 'aesgcm'};

export function encryptDialog(state: State, focus: Choice, choices: readonly Choice[], room: Room, theme: Theme): Dialog {
	const plans = state.encryptionPlan;
	const title = "Encrypt etcd's values";
	if (plans === undefined) {
		return {title, aside: state.clusterName, rows: [row([span(`${theme.symbols.waiting} asking the Kubernetes API`)])]};
	}
	const shown = plans[choices[1] === 'aesgcm' ? 'aesgcm' : 'aescbc'];
	const refused = (['aescbc', 'aesgcm'] as const).filter((type) => !choices.includes(type));
	return {
		title,
		aside: state.clusterName,
		rows: [
			...textRows('aescbc: AES-CBC with PKCS#7 padding and a key of 32 bytes; what OpenShift documents first.', room, theme, 3),
			...textRows('aesgcm: AES-GCM, which is faster and wants its keys renewed, as OpenShift does every week.', room, theme, 2),
			...shown.confirmation.consequences
				.slice(0, 2)
				.flatMap((text) => textRows(`${theme.symbols.warning} ${text}`, room, theme, 4)),
			...refused.flatMap((type) =>
				textRows(`${theme.symbols.failed} ${type}: ${plans[type].refusal}`, room, theme, undefined, theme.styles.bad),
			),
			row(emptyLine, 1),
			...buttonRows(
				choices.map((id) => ({id, label: labels[id]})),
				focus,
				room,
				theme,
			),
		],
	};
}

/** What would be written, to the letter. */
export function patchRows({patch}: EncryptionPlan, room: Room, theme: Theme): readonly DialogRow[] {
	return [
		...textRows(`merge patch of ${encryptionObject}:`, room, theme),
		...textRows(patch, room, theme, undefined, theme.styles.strong),
	];
}
