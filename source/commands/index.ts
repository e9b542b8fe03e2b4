/** The commands without a screen, by name. */
import {completionScript, shells} from '../options/completion.ts';
import {UsageError} from '../usage-error.ts';
import {runAlarm} from './alarm.ts';
import {runBackup} from './backup.ts';
import {runCompact} from './compact.ts';
import {type CommandContext, exitCodes} from './context.ts';
import {runContexts} from './contexts.ts';
import {runDefrag} from './defrag.ts';
import {runEncryption} from './encryption.ts';
import {runJournal} from './journal.ts';
import {runReport} from './report.ts';
import {runRescue} from './rescue.ts';
import {runRestorePrint} from './restore.ts';
import {runSnapshot} from './snapshot.ts';
import {runStatus} from './status.ts';

/** Exit code. Throws `UsageError` and `TransportError`. */
export async function runCommand(context: CommandContext): Promise<number> {
	switch (context.options.command) {
		case 'status':
			return runStatus(context);
		case 'defrag':
			return runDefrag(context);
		case 'alarm':
			return runAlarm(context);
		case 'compact':
			return runCompact(context);
		case 'encryption':
			return runEncryption(context);
		case 'journal':
			return runJournal(context);
		case 'report':
			return runReport(context);
		case 'backup':
			return runBackup(context);
		case 'snapshot':
			return runSnapshot(context);
		case 'rescue':
			return runRescue(context);
		case 'restore':
			return runRestorePrint(context);
		case 'contexts':
			return runContexts(context);
		case 'completion':
			return runCompletion(context);
		default:
			throw new UsageError(`there is no command "${context.options.command}".`);
	}
}

function runCompletion({options, print}: CommandContext): number {
	const shell = shells.find((candidate) => candidate === options.operands[0]);
	if (shell === undefined || options.operands.length > 1) {
		throw new UsageError(`say etcdtop completion ${shells.join(', or ')}.`);
	}
	print(completionScript(shell));
	return exitCodes.done;
}
