/** What the program does itself of a step that a person has confirmed: commands on one host, commands here, or a patch by the API. */
import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';
import {mayHaveHappened} from '../domain/failure.ts';
import {performTimeoutMs} from '../domain/restore-policy.ts';
import type {Act, RestoreRun} from '../domain/restore-run.ts';
import type {RunbookStep} from '../domain/runbook.ts';
import {safeText} from '../transport/safe-text.ts';
import {failureOf} from '../transport/transport-error.ts';
import type {Ways} from './looks.ts';

export type Performed = {readonly outcome: Exclude<Act['outcome'], 'begun'>; readonly text: string};

/** Why the program can't do it; undefined where it can. */
export function whyNotByProgram(step: RunbookStep, {hosts, api}: Ways): string | undefined {
	if (!step.changes || step.commands.length === 0) {
		return 'there is nothing to run';
	}
	if (isByApi(step)) {
		return api === undefined ? 'no kubeconfig leads to the API: run the command where one does' : undefined;
	}
	return step.fromHere !== true && hosts === undefined
		? 'start with --ssh USER@ to have it run there, or run it by hand'
		: undefined;
}

export function isByApi({check}: RunbookStep): boolean {
	return check?.kind === 'rollout' || check?.kind === 'quorum guard';
}

/** Never rejects. `reason`: of a forced redeployment. */
export async function perform(
	step: RunbookStep,
	run: RestoreRun,
	ways: Ways,
	reason: string | undefined,
	onLine: (line: string) => void,
): Promise<Performed> {
	try {
		return isByApi(step) ? await byApi(step, ways, reason) : await byCommands(step, run, ways, onLine);
	} catch (error) {
		const failure = failureOf(error);
		const text = [failure.message, failure.nextStep].filter((part) => part !== '').join('. ');
		return {outcome: mayHaveHappened(failure) ? 'unknown' : 'failed', text};
	}
}

async function byApi({check}: RunbookStep, {api}: Ways, reason: string | undefined): Promise<Performed> {
	if (check?.kind === 'rollout' && reason !== undefined) {
		await api!.redeploy(check.operator, reason);
		return {outcome: 'done', text: `forceRedeploymentReason is ${reason}`};
	}
	if (check?.kind === 'quorum guard') {
		await api!.turnQuorumGuard(check.off);
		return {outcome: 'done', text: `the quorum guard is turned ${check.off ? 'off' : 'on'}`};
	}
	return {outcome: 'failed', text: 'there is nothing to do by the API'};
}

async function byCommands(step: RunbookStep, run: RestoreRun, ways: Ways, onLine: (line: string) => void): Promise<Performed> {
	// The first that fails ends it: the next one may rest on it.
	const script = ['set -e', ...step.commands].join('\n');
	const host = run.runbook.hosts.find(({name}) => name === step.host);
	if (step.fromHere === true || host === undefined) {
		return endOf(await runHere(script, onLine));
	}
	const {code, stderr} = await ways.hosts!.run(host, script, {timeoutMs: performTimeoutMs, onLine});
	return endOf({code, last: safeText(stderr.trim().split('\n').at(-1) ?? '')});
}

function endOf({code, last}: {readonly code: number | null; readonly last: string}): Performed {
	if (code === 0) {
		return {outcome: 'done', text: 'every command ended well'};
	}
	return code === null
		? {outcome: 'unknown', text: 'it ended without a code: look at that host before anything else is done to it'}
		: {outcome: 'failed', text: `it ended with code ${code}${last === '' ? '' : `: ${last}`}`};
}

function runHere(script: string, onLine: (line: string) => void): Promise<{readonly code: number | null; readonly last: string}> {
	return new Promise((resolve) => {
		const child = spawn('sh', ['-c', script], {
			stdio: ['ignore', 'pipe', 'pipe'],
			timeout: performTimeoutMs,
			// A terminal that hangs up does not reach it.
			detached: true,
		});
		let last = '';
		const tell = (line: string) => {
			last = safeText(line);
			onLine(last);
		};
		createInterface({input: child.stdout}).on('line', tell);
		createInterface({input: child.stderr}).on('line', tell);
		child.on('error', (error) => resolve({code: 127, last: error.message}));
		child.on('close', (code) => resolve({code, last}));
	});
}
