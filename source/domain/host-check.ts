/** What is looked at on a host: one script for each kind of check, changing nothing, and what its answer means. */
import {containersOf, parseCrictl} from './crictl.ts';
import type {CheckAnswer, RunbookCheck, RunbookFile} from './runbook.ts';
import {shellWord} from './shell-word.ts';
import {listText} from './text.ts';

export type HostCheck = Extract<
	RunbookCheck,
	{
		readonly kind:
			| 'login'
			| 'files there'
			| 'stopped'
			| 'unit stopped'
			| 'directory there'
			| 'directory gone'
			| 'restored directory'
			| 'unit active'
			| 'kubelet restarted'
			| 'etcd container';
	}
>;

const hostKinds: ReadonlySet<string> = new Set([
	'login',
	'files there',
	'stopped',
	'unit stopped',
	'directory there',
	'directory gone',
	'restored directory',
	'unit active',
	'kubelet restarted',
	'etcd container',
] satisfies HostCheck['kind'][]);

export function isHostCheck(check: RunbookCheck): check is HostCheck {
	return hostKinds.has(check.kind);
}

/** Known here, against which the host's answer is held. */
export type HostCheckContext = {
	readonly files: readonly RunbookFile[];
	/** SHA-256 by name. */
	readonly sums: Readonly<Record<string, string>>;
	/** Since the script of the restore has run; absent before. */
	readonly sinceRestoreMs?: number;
};

export type HostAnswer = {readonly code: number | null; readonly stdout: string; readonly stderr: string};

/** By sudo, which must not ask: a question that nobody answers would read like an answer. The last word says that all was looked at. */
const asRoot = (script: string) => `sudo -n sh -c ${shellWord(`${script}; echo looked`)}`;
const ifThere = (path: string) => `if test -e ${shellWord(path)}; then echo ${shellWord(`there ${path}`)}; fi`;

export function hostScript(check: HostCheck): string {
	switch (check.kind) {
		case 'login':
			return 'sudo -n true && hostname && echo looked';
		case 'files there': {
			const directory = shellWord(check.directory);
			return asRoot(`cd ${directory} && ls -A && sha256sum -- *`);
		}
		case 'stopped':
			return asRoot([...check.manifests.map(ifThere), 'crictl ps'].join('; '));
		case 'unit stopped':
			return asRoot(`systemctl show ${shellWord(check.unit)} -p ActiveState; ps -ww -C etcd -o args=`);
		case 'directory there':
			return asRoot(`${ifThere(check.path)}; command -v ${shellWord(check.program)} >/dev/null && echo program`);
		case 'directory gone':
			return asRoot(ifThere(check.path));
		case 'restored directory':
			return asRoot(ifThere(`${check.path}/member/snap/db`));
		case 'unit active':
			return asRoot(`systemctl show ${shellWord(check.unit)} -p ActiveState`);
		case 'kubelet restarted':
			return asRoot('systemctl show kubelet.service -p ActiveState -p ActiveEnterTimestampMonotonic; cat /proc/uptime');
		case 'etcd container':
			return asRoot('crictl ps');
	}
}

/** An answer that says nothing is no "stopped": what was not looked at is unknown. */
export function readHostAnswer(check: HostCheck, answer: HostAnswer, context: HostCheckContext): CheckAnswer {
	const lines = answer.stdout.split('\n').map((line) => line.trimEnd());
	if (!lines.includes('looked')) {
		const said = answer.stderr.trim().split('\n').at(-1) ?? '';
		return /password is required|may not run sudo|not in the sudoers/.test(answer.stderr)
			? {kind: 'unknown', text: 'sudo asks for a password there: look by hand'}
			: {kind: 'unknown', text: said === '' ? `the host did not tell (code ${answer.code})` : said};
	}
	const there = lines.filter((line) => line.startsWith('there ')).map((line) => line.slice('there '.length));
	switch (check.kind) {
		case 'login':
			return {kind: 'yes', text: `logged in to ${lines[0]}, and sudo asks for no password`};
		case 'files there':
			return filesThere(check.directory, lines, context);
		case 'stopped':
			return stopped(check, there, answer.stdout);
		case 'unit stopped':
			return unitStopped(check, lines);
		case 'directory there':
			return there.length === 0 || !lines.includes('program')
				? {kind: 'not yet', text: `there is no ${there.length === 0 ? check.path : `${check.program} in root's PATH`}`}
				: {kind: 'yes', text: `${check.path} is there, and so is ${check.program}`};
		case 'directory gone':
			return there.length === 0
				? {kind: 'yes', text: `${check.path} is gone`}
				: {kind: 'not yet', text: `${check.path} is still there`};
		case 'restored directory':
			return there.length > 0
				? {kind: 'yes', text: `${there[0]} is there`}
				: {kind: 'not yet', text: `there is no ${check.path}/member/snap/db yet`};
		case 'unit active': {
			const state = propertyIn(lines, 'ActiveState');
			// It waits for the quorum that the others are to make.
			return state === 'active' || state === 'activating'
				? {kind: 'yes', text: `${check.unit} is ${state}`}
				: {kind: 'not yet', text: `${check.unit} is ${state || 'not known there'}`};
		}
		case 'kubelet restarted':
			return kubeletRestarted(lines, context);
		case 'etcd container':
			return etcdContainer(answer.stdout);
	}
}

function filesThere(directory: string, lines: readonly string[], {files, sums}: HostCheckContext): CheckAnswer {
	const found = new Map(
		lines.flatMap((line) => {
			const [, sum, name] = /^\\?([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
			return sum === undefined || name === undefined ? [] : [[name, sum] as const];
		}),
	);
	const names = files.map(({name}) => name);
	const missing = names.filter((name) => !found.has(name));
	if (missing.length > 0) {
		return {kind: 'not yet', text: `${listText(missing)} ${missing.length === 1 ? 'is' : 'are'} not in ${directory}`};
	}
	const others = [...found.keys()].filter((name) => !names.includes(name));
	if (others.length > 0) {
		return {kind: 'not yet', text: `${directory} holds something else too: ${others[0]}`};
	}
	const wrong = files.find(({name, sha256}) => found.get(name) !== (sha256 ?? sums[name]));
	return wrong === undefined
		? {
				kind: 'yes',
				text: `${names.length === 1 ? 'the file is' : 'both files are'} there, with the checksum that ${names.length === 1 ? 'it has' : 'they have'} here`,
			}
		: {kind: 'not yet', text: `${wrong.name} is another one there: its checksum differs`};
}

function stopped({containers}: Extract<HostCheck, {kind: 'stopped'}>, there: readonly string[], stdout: string): CheckAnswer {
	const running = parseCrictl(stdout);
	if (running === undefined) {
		return {kind: 'unknown', text: 'crictl ps lists nothing there that can be read'};
	}
	const left = containers.flatMap((what) => containersOf(running, what)).map(({name}) => name);
	if (there.length > 0) {
		return {kind: 'not yet', text: `${there[0]} is still there`};
	}
	return left.length === 0
		? {kind: 'yes', text: `the manifest is gone and no container of ${listText(containers)} runs`}
		: {kind: 'not yet', text: `still running: ${listText([...new Set(left)])}`};
}

function unitStopped({unit, dataDirectory}: Extract<HostCheck, {kind: 'unit stopped'}>, lines: readonly string[]): CheckAnswer {
	const state = propertyIn(lines, 'ActiveState');
	const process = lines.find((line) => line.includes(dataDirectory));
	if (process !== undefined) {
		return {kind: 'not yet', text: `an etcd with ${dataDirectory} still runs`};
	}
	const silent = lines.find((line) => /(^|\/)etcd( |$)/.test(line) && !line.includes('--data-dir'));
	if (silent !== undefined) {
		// Its data may be named in a file, or in its environment.
		return {kind: 'unknown', text: 'an etcd runs there whose arguments do not tell its data: look whose it is'};
	}
	return state === 'inactive' || state === 'failed'
		? {kind: 'yes', text: `${unit} is ${state}, and no etcd runs on that data`}
		: {kind: 'not yet', text: `${unit} is ${state || 'not known there'}`};
}

function kubeletRestarted(lines: readonly string[], {sinceRestoreMs}: HostCheckContext): CheckAnswer {
	const state = propertyIn(lines, 'ActiveState');
	const sinceBootUs = Number(propertyIn(lines, 'ActiveEnterTimestampMonotonic'));
	const uptimeSeconds = Number(lines.map((line) => /^(\d+\.\d+) \d+\.\d+$/.exec(line)?.[1]).find((one) => one !== undefined));
	if (state !== 'active') {
		return {kind: 'not yet', text: `the kubelet is ${state || 'not known there'}`};
	}
	const ageMs = uptimeSeconds * 1000 - sinceBootUs / 1000;
	if (sinceRestoreMs === undefined || Number.isNaN(ageMs)) {
		return {kind: 'unknown', text: 'when the kubelet was started is not told'};
	}
	return ageMs < sinceRestoreMs
		? {kind: 'yes', text: `the kubelet is active, started ${Math.round(ageMs / 1000)} s ago`}
		: {kind: 'not yet', text: 'the kubelet has not been restarted since the restore'};
}

function etcdContainer(stdout: string): CheckAnswer {
	const running = parseCrictl(stdout);
	if (running === undefined) {
		return {kind: 'unknown', text: 'crictl ps lists nothing there that can be read'};
	}
	return running.some(({name, state}) => name === 'etcd' && state === 'Running')
		? {kind: 'yes', text: 'the etcd container is Running'}
		: {kind: 'not yet', text: 'no etcd container runs yet'};
}

function propertyIn(lines: readonly string[], name: string): string {
	return lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}
