/** The flags of a restore, into one checked record. */
import {UsageError} from '../usage-error.ts';
import type {Reader} from './reader.ts';

export type RestoreOptions = {
	readonly from?: string;
	readonly resume: boolean;
	readonly print: boolean;
	/** Whom to log in as; absent where nobody does. */
	readonly sshUser?: string;
	readonly recovery?: string;
	/** `NAME` or `NAME=ADDRESS`. */
	readonly hosts?: readonly string[];
	readonly release?: string;
	readonly dataDirectory?: string;
};

export function restoreOptionsFrom(read: Reader): RestoreOptions {
	const text = <Name extends string>(flag: string, name: Name) => {
		const value = read.text(flag);
		return (value === undefined ? {} : {[name]: value}) as Partial<Record<Name, string>>;
	};
	const hosts = (read.text('hosts') ?? '')
		.split(',')
		.map((host) => host.trim())
		.filter((host) => host !== '');
	return {
		...text('from', 'from'),
		resume: read.isSet('resume'),
		print: read.isSet('print'),
		...sshUserFrom(read.text('ssh')),
		...text('recovery-host', 'recovery'),
		...(hosts.length > 0 && {hosts}),
		...text('release', 'release'),
		...text('data-dir', 'dataDirectory'),
	};
}

/** `core@`: the hosts are those of the runbook. */
function sshUserFrom(text: string | undefined): {readonly sshUser?: string} {
	if (text === undefined) {
		return {};
	}
	const [, user] = /^([A-Za-z_][\w.-]*)@?$/.exec(text) ?? [];
	if (user === undefined) {
		throw new UsageError(`--ssh is "${text}"; it takes a user: --ssh core@. The hosts are those of the runbook.`);
	}
	return {sshUser: user};
}
