/** Steps that every restore has: the files, the logins, and the word that everything after it is a downtime. */
import type {RunbookBackup, RunbookHost, RunbookStep} from './runbook.ts';
import {shellWord} from './shell-word.ts';

/** What is typed for a host: its name up to the first dot where that names no other one. */
export function hostWord({name}: RunbookHost, hosts: readonly RunbookHost[]): string {
	const short = name.split('.')[0]!;
	return hosts.filter((other) => other.name.split('.')[0] === short).length === 1 ? short : name;
}

/** `core@10.0.0.11` */
export function login(user: string, {address}: RunbookHost): string {
	return shellWord(`${user}@${address}`);
}

export function homeOf(user: string): string {
	return user === 'root' ? '/root' : `/home/${user}`;
}

/** Where the backup goes on a host: a directory of its own, for the script wants one backup alone in it. */
export function directoryThere(user: string, {files}: RunbookBackup): string {
	const stamp = files.flatMap(({name}) => /^snapshot_(.+)\.db$/.exec(name)?.[1] ?? [])[0];
	return `${homeOf(user)}/${stamp === undefined ? 'backup' : `backup_${stamp.replaceAll(/[^\w.-]/g, '_')}`}`;
}

/** What may be wrong with what the runbook was filled in from. */
export function doubts({isPartiallyEncrypted}: RunbookBackup, areHostsAssumed: boolean): readonly string[] {
	return [
		...(areHostsAssumed
			? [
					"The hosts are those of the backup's time, for the cluster did not tell: one that came later is missing here, and would be a second cluster.",
				]
			: []),
		...(isPartiallyEncrypted
			? ['The backup is PARTIALLY ENCRYPTED: a migration was under way. Take another one, if there is any.']
			: []),
	];
}

export function filesStep({files}: RunbookBackup): RunbookStep {
	const sums = files.flatMap(({path, sha256}) => (sha256 === undefined ? [] : [`${sha256}  ${path}`]));
	return {
		id: 'backup-files',
		phase: 'before',
		title: 'Look at the files of the backup',
		why: 'A damaged or cut file is found now, while the cluster still runs, or when it is too late.',
		commands: [],
		look: [
			...files.filter(({name}) => name.endsWith('.db')).map(({path}) => `etcdtop snapshot verify ${shellWord(path)}`),
			...files
				.filter(({name}) => name.endsWith('.tar.gz'))
				.map(({path}) => `tar -tzf ${shellWord(path)} > /dev/null && echo whole`),
			...(sums.length === 0 ? [] : [`printf '%s\\n' ${sums.map(shellWord).join(' ')} | sha256sum -c`]),
		],
		seen: 'Each file is whole, and its checksum is that of the manifest where there is one.',
		changes: false,
		check: {kind: 'backup files'},
		word: 'whole',
	};
}

export function loginSteps(hosts: readonly RunbookHost[], user: string): readonly RunbookStep[] {
	return hosts.map((host) => ({
		id: `login@${host.name}`,
		phase: 'before',
		title: `Log in to ${host.name}, in a terminal of its own`,
		host: host.name,
		why: "Without the Kubernetes API there is no other way to this host: who is not in before can't finish.",
		commands: [],
		look: [`ssh ${login(user, host)}`, 'sudo true && hostname'],
		seen: `The prompt of ${host.name}, and no password asked for by sudo. Leave that terminal open.`,
		changes: false,
		check: {kind: 'login'},
		word: hostWord(host, hosts),
	}));
}

export function copyStep(backup: RunbookBackup, host: RunbookHost, hosts: readonly RunbookHost[], user: string): RunbookStep {
	const directory = directoryThere(user, backup);
	const to = login(user, host);
	return {
		id: `copy@${host.name}`,
		phase: 'before',
		title: `Copy the backup to ${host.name}`,
		why: `It is restored from ${directory} there.`,
		commands: [
			`ssh ${to} mkdir -m 700 -p ${shellWord(directory)}`,
			`scp ${backup.files.map(({path}) => shellWord(path)).join(' ')} ${shellWord(`${user}@${bracketed(host.address)}:${directory}/`)}`,
		],
		fromHere: true,
		look: [`ssh ${to} ls -l ${shellWord(directory)}`],
		seen: `${backup.files.length === 1 ? 'The file lies' : 'Both files lie, and nothing else,'} in ${directory}, as large as here.`,
		changes: true,
		host: host.name,
		check: {kind: 'files there', directory},
		word: hostWord(host, hosts),
	};
}

/** `scp` takes what is before the first colon for the host. */
function bracketed(address: string): string {
	return address.includes(':') ? `[${address}]` : address;
}

export function beginStep(clusterName: string, lost: string): RunbookStep {
	return {
		id: 'begin',
		phase: 'before',
		title: 'Begin: from here on the cluster is down',
		why: `Everything that was written to ${clusterName} after the backup is lost. ${lost}`,
		commands: [],
		look: [],
		seen: 'Whoever has to know of the downtime knows of it.',
		changes: false,
		word: 'restore',
		personOnly: true,
	};
}
