import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** A directory for a journal, which goes with the bench. */
export function stateForBench(): string {
	const directory = mkdtempSync(join(tmpdir(), 'etcdtop-bench-'));
	process.once('exit', () => rmSync(directory, {recursive: true, force: true}));
	return directory;
}
