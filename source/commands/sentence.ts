import type {Failure} from '../domain/failure.ts';

/** `10.0.0.1:2379: connection refused. Is etcd running there?` */
export function sentence({endpoint, message, nextStep}: Failure): string {
	const where = endpoint === undefined || message.includes(endpoint) ? '' : `${endpoint}: `;
	return `${where}${message}${nextStep === '' ? '' : `. ${nextStep}`}`;
}
