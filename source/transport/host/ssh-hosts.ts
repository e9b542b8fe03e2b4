/** Commands on several control-plane hosts, each over a login of its own that stays open: opened before the API goes, it outlives it. */
import type {RunbookHost} from '../../domain/runbook.ts';
import type {HostCommandOptions, HostCommandResult, HostCommands} from '../platform.ts';
import {Ssh} from './ssh.ts';

export type SshHostsOptions = {
	readonly user: string;
	readonly dialTimeoutMs: number;
	/** Default: `ssh` in PATH. */
	readonly command?: readonly string[];
};

export function createSshHosts({user, dialTimeoutMs, command}: SshHostsOptions): HostCommands {
	const logins = new Map<string, Ssh>();
	const loginOf = ({address}: RunbookHost): Ssh => {
		const known =
			logins.get(address) ??
			new Ssh({host: `${user}@${address}`, dialTimeoutMs, outlivesTerminal: true, ...(command && {command})});
		logins.set(address, known);
		return known;
	};
	return {
		run: (host: RunbookHost, script: string, options: HostCommandOptions): Promise<HostCommandResult> =>
			loginOf(host).run(script, options),
		close() {
			for (const ssh of logins.values()) {
				ssh.close();
			}
			logins.clear();
		},
	};
}
