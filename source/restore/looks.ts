/** How each step is looked at: here, on its host by SSH, or by the Kubernetes API. What does not answer is unknown, never "not yet". */
import {everyPodAnswer, membersAnswer, onePodAnswer, settledAnswer} from '../domain/api-check.ts';
import {type HostCheck, hostScript, isHostCheck, readHostAnswer} from '../domain/host-check.ts';
import {redeployed} from '../domain/node-installer.ts';
import {lookTimeoutMs, sumTimeoutMs} from '../domain/restore-policy.ts';
import {type RestoreRun, rolloutAnswer} from '../domain/restore-run.ts';
import type {CheckAnswer, RunbookStep} from '../domain/runbook.ts';
import type {HostCommands, RolloutsPort} from '../transport/platform.ts';
import {safeText} from '../transport/safe-text.ts';
import {lookAtFiles} from './local-files.ts';
import {reasonOf} from './reason.ts';

export type Ways = {
	readonly hosts?: HostCommands;
	readonly api?: RolloutsPort;
	/** How many members etcd has, and which of them answer. */
	readonly members?: () => Promise<{readonly known: number; readonly answering: readonly string[]}>;
};

/** What was found, and what of it is to be kept. */
export type Look = {readonly answer: CheckAnswer; readonly sums?: Readonly<Record<string, string>>};

const unknown = (text: string): Look => ({answer: {kind: 'unknown', text}});

/** Never rejects. Undefined where there is nothing that the program could look at. */
export async function lookAt(
	step: RunbookStep,
	run: RestoreRun,
	ways: Ways,
	wallMs: number,
	signal: AbortSignal,
): Promise<Look | undefined> {
	const {check} = step;
	if (check === undefined) {
		return undefined;
	}
	try {
		if (isHostCheck(check)) {
			return await lookAtHost(check, step, run, ways, wallMs);
		}
		switch (check.kind) {
			case 'backup files':
				return await lookAtFiles(run.runbook.backup.files, signal);
			case 'same release':
				return await compareReleases(run, ways);
			case 'members answer':
				return await lookAtMembers(check.members, ways);
			default:
				return await lookAtApi(check, run, ways);
		}
	} catch (error) {
		return unknown(reasonOf(error));
	}
}

async function lookAtHost(check: HostCheck, step: RunbookStep, run: RestoreRun, {hosts}: Ways, wallMs: number): Promise<Look> {
	const host = run.runbook.hosts.find(({name}) => name === step.host);
	if (hosts === undefined || host === undefined) {
		return unknown('without --ssh USER@ nobody looks there: look yourself, and type the word');
	}
	const restored = run.ticks.find(({stepId}) => stepId.startsWith('cluster-restore@'));
	const timeoutMs = check.kind === 'files there' ? sumTimeoutMs : lookTimeoutMs;
	const answer = await hosts.run(host, hostScript(check), {timeoutMs});
	const context = {
		files: run.runbook.backup.files,
		sums: run.sums,
		...(restored !== undefined && {sinceRestoreMs: wallMs - restored.wallMs}),
	};
	const {kind, text} = readHostAnswer(check, answer, context);
	return {answer: {kind, text: safeText(text)}};
}

async function compareReleases({runbook}: RestoreRun, {api}: Ways): Promise<Look> {
	const {release, backup} = runbook;
	if (backup.release === undefined) {
		return unknown('nothing beside the backup says what it was taken from: type it');
	}
	const now = await api?.cluster().catch(() => undefined);
	if (now === undefined && runbook.isReleaseAssumed) {
		return unknown("the cluster does not tell its release, and the backup's alone says nothing: type it");
	}
	if (now !== undefined && now.release !== release) {
		return {answer: {kind: 'not yet', text: `the cluster is ${now.release} now, the runbook is for ${release}: begin anew`}};
	}
	return backup.release === release
		? {answer: {kind: 'yes', text: `both are ${release}`}}
		: {answer: {kind: 'not yet', text: `the backup was taken from ${backup.release}, the cluster is ${release}`}};
}

type ApiCheck = Extract<
	NonNullable<RunbookStep['check']>,
	{readonly kind: 'API answers' | 'etcd pod' | 'etcd pods' | 'rollout' | 'rollouts settled' | 'quorum guard'}
>;

async function lookAtApi(check: ApiCheck, run: RestoreRun, ways: Ways): Promise<Look> {
	const {api} = ways;
	if (api === undefined) {
		return unknown('no kubeconfig leads to the API: look yourself, and type the word');
	}
	switch (check.kind) {
		case 'API answers': {
			const {hosts} = await api.cluster();
			return {answer: {kind: 'yes', text: `it lists ${hosts.length} control-plane ${hosts.length === 1 ? 'node' : 'nodes'}`}};
		}
		case 'etcd pod':
			return {answer: onePodAnswer(await api.etcdPods(), check.node)};
		case 'etcd pods': {
			const answer = everyPodAnswer(await api.etcdPods(), check.nodes);
			return answer.kind === 'yes' ? lookAtMembers(check.nodes, ways) : {answer};
		}
		case 'rollout': {
			const seen = await api.operator(check.operator);
			const baseline = run.baselines[check.operator];
			return baseline === undefined ? unknown('what it was before is not known') : {answer: rolloutAnswer(baseline, seen)};
		}
		case 'rollouts settled': {
			const operators = await Promise.all(redeployed.map(async (name) => ({name, ...(await api.operator(name))})));
			return {answer: settledAnswer(operators, check.nodes)};
		}
		case 'quorum guard': {
			const isOff = await api.quorumGuardIsOff();
			const text = `it is ${isOff ? 'off' : 'on'}`;
			return {answer: {kind: isOff === check.off ? 'yes' : 'not yet', text}};
		}
	}
}

async function lookAtMembers(wanted: readonly string[], {members}: Ways): Promise<Look> {
	if (members === undefined) {
		return unknown('nothing leads to etcd from here: look yourself, and type the word');
	}
	const {known, answering} = await members();
	return {answer: membersAnswer(answering, known, wanted)};
}
