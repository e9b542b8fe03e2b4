/** What everybody has to know of encryption, wherever they look: that something is under way, that it fails, that a key is too old. */
import type {Alert} from './alerts.ts';
import {type EncryptionKnown, isUnderWay} from './encryption-known.ts';

/** OpenShift makes a new key in a minute or two once it is due; this long after, something keeps it from that, in ms. */
const overdueMs = 24 * 60 * 60 * 1000;

export function encryptionAlerts(known: EncryptionKnown | undefined): readonly Alert[] {
	if (known?.kind !== 'seen') {
		return [];
	}
	const {verdict, done, total, servers} = known.old?.status ?? known.status;
	const failing = servers.find((server) => server.failing.length > 0);
	const overdue = servers.find(({key}) => key?.rotationInMs !== undefined && key.rotationInMs < -overdueMs);
	const progress = `${verdict}, ${done} of ${total}`;
	return [
		...(failing === undefined
			? []
			: [alert('failing', `encryption of ${failing.name} fails, 6 shows why`, `encryption of ${failing.name} fails`, 70)]),
		...(isUnderWay(verdict) && verdict !== 'waiting'
			? [alert('under way', `values are ${progress} resources; no backup until then, 6 shows it`, progress, 50)]
			: []),
		...(overdue === undefined
			? []
			: [alert('key', `the key of ${overdue.name} was due to be renewed, 6 shows when`, `key of ${overdue.name} is old`, 20)]),
	];
}

function alert(id: string, text: string, short: string, gravity: number): Alert {
	return {id: `encryption ${id}`, text, short, gravity};
}
