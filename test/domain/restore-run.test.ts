import {describe, expect, test} from 'vitest';
import {parseRun, serializeRun} from '../../source/domain/restore-file.ts';
import type {RestoreInputs} from '../../source/domain/restore-inputs.ts';
import {planRestore} from '../../source/domain/restore-plan.ts';
import {
	beginRestore,
	currentStep,
	endedAct,
	nextReason,
	type RestoreRun,
	rolloutAnswer,
	type Ticked,
	tickByPerson,
	tickByProgram,
	whyNotNow,
	withAct,
} from '../../source/domain/restore-run.ts';
import {etcdInputs, openshiftInputs} from './restore-samples.ts';

const variants: Readonly<Record<string, RestoreInputs>> = {
	'OpenShift 4.17': openshiftInputs(),
	'OpenShift 4.18': openshiftInputs('4.18.1'),
	'etcd of its own': etcdInputs(),
};

function begun(inputs: RestoreInputs): RestoreRun {
	const plan = planRestore(inputs);
	if (plan.kind === 'refused') {
		throw new Error(plan.why);
	}
	return beginRestore(plan.runbook, 'x', 1000);
}

function ticked(result: Ticked): RestoreRun {
	if (result.kind === 'refused') {
		throw new Error(result.why);
	}
	return result.run;
}

/** A kill: what is in the file is all there is. */
function killed(run: RestoreRun): RestoreRun {
	const read = parseRun(serializeRun(run));
	if ('damage' in read) {
		throw new Error(read.damage);
	}
	return read;
}

describe.each(Object.entries(variants))('%s', (_, inputs) => {
	test('goes on after a kill at every step, from where it was', () => {
		let run = begun(inputs);
		const done: string[] = [];
		for (let step = currentStep(run); step !== undefined; step = currentStep(run)) {
			run = killed(run);
			expect(currentStep(run)?.id).toBe(step.id);
			done.push(step.id);
			run = killed(ticked(tickByPerson(run, currentStep(run)!, step.word, 2000)));
		}
		expect(done).toEqual(run.runbook.steps.filter(({optional}) => !optional).map(({id}) => id));
		expect(run.ticks).toHaveLength(done.length);
	});

	test('no step can be ticked off before those that come first, by nobody', () => {
		let run = begun(inputs);
		for (let step = currentStep(run); step !== undefined; step = currentStep(run)) {
			for (const other of run.runbook.steps.filter((one) => one.id !== step!.id && one.optional !== true)) {
				expect(tickByPerson(run, other, other.word, 0).kind).toBe('refused');
				expect(tickByProgram(run, other, {kind: 'yes', text: ''}, 0).kind).toBe('refused');
			}
			run = ticked(tickByPerson(run, step, step.word, 2000));
		}
	});
});

test("a forgotten host can't be passed: the script waits for the data of the last one to be moved away", () => {
	let run = begun(openshiftInputs());
	const script = run.runbook.steps.find(({id}) => id.startsWith('cluster-restore@'))!;
	const forgotten = run.runbook.steps.findLast(({id}) => id.startsWith('move-data@'))!;
	for (let step = currentStep(run)!; step.id !== forgotten.id; step = currentStep(run)!) {
		run = ticked(tickByPerson(run, step, step.word, 0));
	}
	expect(whyNotNow(run, script)).toBe(`first: ${forgotten.title}`);
	run = ticked(tickByPerson(run, forgotten, forgotten.word, 0));
	expect(whyNotNow(run, script)).toBeUndefined();
});

test("a host's step takes that host's name, and the release the one that the backup was taken from", () => {
	let run = begun(openshiftInputs('4.17.3', {backup: {...openshiftInputs().backup}}));
	run = ticked(tickByProgram(run, currentStep(run)!, {kind: 'yes', text: 'whole'}, 0));
	expect(tickByPerson(run, currentStep(run)!, '4.17.2', 0)).toEqual({
		kind: 'refused',
		why: '4.17.2 is not 4.17.3: only a backup of the same z-stream can be restored',
	});
	run = ticked(tickByPerson(run, currentStep(run)!, ' 4.17.3 ', 0));
	expect(tickByPerson(run, currentStep(run)!, 'ip-10-0-154-194', 0)).toEqual({
		kind: 'refused',
		why: 'the word is ip-10-0-143-125',
	});
});

test('what the program sees not to be so takes a longer word, and another release none at all', () => {
	const seen = {kind: 'not yet', text: 'still running: etcd'} as const;
	let run = begun(openshiftInputs());
	const [files] = run.runbook.steps;
	expect(tickByPerson(run, files!, files!.word, 0, seen)).toEqual({kind: 'refused', why: 'the word is whole anyway'});
	run = ticked(tickByPerson(run, files!, 'whole anyway', 0, seen));
	const other = {kind: 'not yet', text: 'the cluster is 4.17.4 now'} as const;
	expect(tickByPerson(run, currentStep(run)!, '4.17.3', 0, other)).toEqual({kind: 'refused', why: other.text});
	expect(tickByPerson(run, currentStep(run)!, '4.17.3', 0, {kind: 'unknown', text: ''}).kind).toBe('ticked');
});

test("the program ticks nothing that it did not see, and nothing that is a person's alone", () => {
	let run = begun(openshiftInputs());
	const [files] = run.runbook.steps;
	expect(tickByProgram(run, files!, {kind: 'unknown', text: 'nobody told'}, 0)).toEqual({kind: 'refused', why: 'nobody told'});
	while (currentStep(run)!.id !== 'begin') {
		run = ticked(tickByProgram(run, currentStep(run)!, {kind: 'yes', text: ''}, 0));
	}
	expect(tickByProgram(run, currentStep(run)!, {kind: 'yes', text: ''}, 0).kind).toBe('refused');
	expect(tickByPerson(run, currentStep(run)!, 'restore', 0).kind).toBe('ticked');
});

test('what is for trouble only may be done while the step before it waits, and holds nothing up', () => {
	let run = begun(openshiftInputs('4.18.1'));
	const optional = run.runbook.steps.find(({id}) => id === 'redeploy-etcd')!;
	expect(whyNotNow(run, optional)).toMatch(/^first:/);
	while (currentStep(run)!.id !== 'settled') {
		run = ticked(tickByPerson(run, currentStep(run)!, currentStep(run)!.word, 0));
	}
	expect(whyNotNow(run, optional)).toBeUndefined();
	run = ticked(tickByPerson(run, currentStep(run)!, 'settled', 0));
	expect(currentStep(run)!.id).toBe('etcd-pods');
});

test('no reason of a redeployment is used twice, also after a kill in the middle of one', () => {
	const act = {stepId: 'redeploy-etcd', wallMs: 0, outcome: 'begun', text: ''} as const;
	const one = withAct(begun(openshiftInputs()), {
		...act,
		reason: nextReason(begun(openshiftInputs()), '2026-11-27T03:15:00.000Z'),
	});
	const again = nextReason(killed(one), '2026-11-27T03:15:00.000Z');
	expect(again).not.toBe(killed(one).acts[0]?.reason);
	expect(killed(one).acts).toMatchObject([{outcome: 'begun'}]);
	expect(endedAct(one, 'unknown', 'late').acts).toMatchObject([{outcome: 'unknown', text: 'late'}]);
	const known = {...one, baselines: {etcd: {revision: 7, forcedReason: 'recovery-now'}}};
	expect(nextReason(known, 'now')).not.toBe('recovery-now');
});

test.each([
	['told nothing yet', 'old', 'AllNodesAtLatestRevision', '3 nodes are at revision 7', 'not yet', /has not been told/],
	['not begun', 'new', 'AllNodesAtLatestRevision', '3 nodes are at revision 7', 'not yet', /still revision 7/],
	['several revisions', 'new', '', '2 nodes are at revision 7; 1 nodes are at revision 8', 'not yet', /in progress: 2 nodes/],
	['an empty reason', 'new', '', '3 nodes are at revision 8', 'not yet', /in progress/],
	[
		'none achieved yet',
		'new',
		'AllNodesAtLatestRevision',
		'3 nodes are at revision 8; 0 nodes have achieved new revision 9',
		'not yet',
		/in progress/,
	],
	['no revision at all', 'new', 'AllNodesAtLatestRevision', '', 'not yet', /says nothing of revisions/],
	['all of them', 'new', 'AllNodesAtLatestRevision', '3 nodes are at revision 8', 'yes', /AllNodesAtLatestRevision: 3 nodes/],
	['a single one', 'new', 'AllNodesAtLatestRevision', '1 node is at revision 8', 'yes', /1 node is at/],
])('a rollout: %s', (_, forcedReason, reason, message, kind, text) => {
	const answer = rolloutAnswer({revision: 7, forcedReason: 'old'}, {forcedReason, installer: {status: 'False', reason, message}});
	expect(answer.kind).toBe(kind);
	expect(answer.text).toMatch(text);
});

test('a file that is cut anywhere, of another version, or with ticks out of order is no runbook', () => {
	const run = begun(openshiftInputs());
	const text = serializeRun(run);
	for (let length = 0; length < text.length - 1; length += 997) {
		expect(parseRun(text.slice(0, length))).toHaveProperty('damage');
	}
	expect(parseRun(serializeRun({...run, version: 2 as 1}))).toEqual({damage: 'version 2, this program knows 1'});
	const tick = {stepId: run.runbook.steps[3]!.id, wallMs: 0, by: 'person', text: ''} as const;
	expect(parseRun(serializeRun({...run, ticks: [tick]}))).toEqual({damage: 'its ticks are out of order'});
});
