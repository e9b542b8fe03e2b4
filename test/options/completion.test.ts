import {execFile, execFileSync} from 'node:child_process';
import {promisify} from 'node:util';
import {describe, expect, test} from 'vitest';
import {completionScript} from '../../source/options/completion.ts';

const run = promisify(execFile);

describe('bash', () => {
	test.each([
		['etcdtop st', ['status']],
		['etcdtop --endp', ['--endpoints']],
		['etcdtop --color ', ['auto', 'always', 'never']],
		['etcdtop alarm ', expect.arrayContaining(['list', 'disarm', '--yes', '-y'])],
		['etcdtop status --y', []],
		['etcdtop --endpoints a:1 defrag --dr', ['--dry-run']],
		['etcdtop completion z', ['zsh']],
		['etcdtop --cacert /etc/hostn', ['/etc/hostname']],
	])('%s', async (line, words) => {
		expect(await completeInBash(line)).toEqual(words);
	});
});

test.runIf(has('zsh'))('zsh accepts its script', async () => {
	await run('zsh', ['-n', '-c', completionScript('zsh')]);
});

test.runIf(has('fish'))('fish accepts its script', async () => {
	await run('fish', ['--no-execute', '-c', completionScript('fish')]);
});

test('zsh: brackets, colons and quotes of a help text do not end it', () => {
	expect(completionScript('zsh')).toContain(
		String.raw`'--cacert[the authority that signed the servers'\'' certificates]:value:_files'`,
	);
});

test('fish: a flag belongs to the commands that take it', () => {
	const script = completionScript('fish').split('\n');
	expect(script).toContain(
		`complete -c etcdtop -n '__fish_seen_subcommand_from status' -l write-out -s w -x -a 'table json simple' -d 'table, json or simple'`,
	);
	expect(script.filter((line) => line.includes('-l if-fragmented'))).toHaveLength(1);
});

/** What pressing Tab at the end of the line offers. */
async function completeInBash(line: string): Promise<string[]> {
	const words = line.split(' ');
	const [current, previous] = [words.at(-1)!, words.at(-2)!];
	const script = [
		completionScript('bash'),
		`COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})`,
		`COMP_CWORD=${words.length - 1}`,
		`_etcdtop etcdtop '${current}' '${previous}'`,
		'printf "%s\\n" "$' + '{COMPREPLY[@]}"',
	];
	const {stdout} = await run('bash', ['-c', script.join('\n')]);
	return stdout.split('\n').filter((word) => word !== '');
}

function has(shell: string): boolean {
	try {
		execFileSync(shell, ['-c', ':']);
		return true;
	} catch {
		return false;
	}
}
