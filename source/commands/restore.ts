/** `etcdtop restore --print`: the whole runbook as Markdown. Without it the runbook has a screen of its own, which is not a command's. */
import {tickedIds} from '../domain/restore-run.ts';
import {runbookMarkdown} from '../domain/runbook-markdown.ts';
import {journalDirectories} from '../engine/journal.ts';
import {openApiOrNot} from '../restore/cluster-facts.ts';
import {makeRunbook} from '../restore/make-runbook.ts';
import {newestOpen} from '../restore/open-run.ts';
import {type CommandContext, exitCodes} from './context.ts';

export async function runRestorePrint({options, environment, connect, print, say}: CommandContext): Promise<number> {
	if (options.restore.resume) {
		const {run} = newestOpen(journalDirectories(environment, options.stateDirectory), options.restore.from);
		print(runbookMarkdown(run.runbook, tickedIds(run)).trimEnd());
		return exitCodes.done;
	}
	const {api, notes} = await openApiOrNot(options, environment);
	try {
		const made = await makeRunbook(options, api, connect);
		for (const note of [...notes, ...made.notes]) {
			say(note);
		}
		if (made.kind === 'refused') {
			say(`refused: ${made.why}`);
			return exitCodes.refused;
		}
		print(runbookMarkdown(made.runbook).trimEnd());
		return exitCodes.done;
	} finally {
		api?.close();
	}
}
