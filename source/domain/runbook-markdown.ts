/** The whole filled-in runbook as Markdown: printed, and kept beside the backup for a day on which nothing else answers. */

import {phases, phaseTitles, type Runbook, type RunbookStep} from './runbook.ts';
import {shellWord} from './shell-word.ts';
import {listText, sizeText} from './text.ts';

/** `ticked`: the ids of the steps that are done. */
export function runbookMarkdown(runbook: Runbook, ticked: ReadonlySet<string> = new Set()): string {
	const {clusterName, variant, warnings, steps, afterwards, backup} = runbook;
	const command = `etcdtop restore --from ${quoted(backup.directory)}`;
	return [
		`# Restore ${text(clusterName)}`,
		'',
		`For ${variant}. \`${command}\` walks through it, checks what it can, and remembers what is done.`,
		'',
		...factRows(runbook),
		'',
		warnings.map((warning) => `> ${text(warning)}`).join('\n>\n'),
		'',
		...phases.flatMap((phase) => {
			const own = steps.filter((step) => step.phase === phase);
			return own.length === 0
				? []
				: [`## ${phaseTitles[phase]}`, '', ...own.flatMap((step) => stepLines(step, steps.indexOf(step) + 1, ticked))];
		}),
		'## Afterwards',
		'',
		...afterwards.map((line) => `- ${text(line)}`),
		'',
	].join('\n');
}

function factRows({clusterName, release, kind, backup, hosts, recovery}: Runbook): readonly string[] {
	const row = (name: string, value: string) => `| ${name} | ${text(value).replaceAll('|', '\\|')} |`;
	return [
		'| what | |',
		'|---|---|',
		row('cluster', clusterName),
		row(kind === 'openshift' ? 'OpenShift' : 'etcd', release),
		...backup.files.map(({name, bytes}) => row('file', bytes === undefined ? name : `${name}, ${sizeText(bytes)}`)),
		row('taken', `${backup.createdAt ?? 'when is not known'}, from ${backup.release ?? 'a release that is not known'}`),
		...(recovery === undefined ? [] : [row('recovery host', recovery)]),
		row(
			recovery === undefined ? 'members' : 'control-plane hosts',
			listText(hosts.map(({name, address}) => (name === address ? name : `${name} (${address})`))),
		),
	];
}

function stepLines(step: RunbookStep, number: number, ticked: ReadonlySet<string>): readonly string[] {
	const {title, host, why, commands, look, seen, wait, optional, fromHere} = step;
	return [
		`### ${optional ? 'If needed' : number}${optional ? ': ' : '. '}${text(title)}`,
		'',
		`- [${ticked.has(step.id) ? 'x' : ' '}] done${host === undefined || fromHere ? '' : `, on **${text(host)}**`}`,
		'',
		text(why),
		'',
		...block(commands),
		...(commands.length > 0 && look.length > 0 ? ['Then look:', ''] : []),
		...block(look),
		`**It worked when:** ${text(seen)}`,
		'',
		...(wait === undefined ? [] : [text(wait), '']),
	];
}

function block(commands: readonly string[]): readonly string[] {
	return commands.length === 0 ? [] : ['```sh', ...commands, '```', ''];
}

/** Names are a stranger's: none of them may become markup or another line. */
function text(value: string): string {
	return value.replaceAll(/[\r\n]+/g, ' ').replaceAll('<', '&lt;');
}

function quoted(path: string): string {
	return shellWord(path).replaceAll('`', '');
}
