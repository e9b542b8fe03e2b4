import {describe, expect, test} from 'vitest';
import {deafMs} from '../../source/confirmation-state.ts';
import {planRestore} from '../../source/domain/restore-plan.ts';
import {beginRestore, currentStep, type RestoreRun, tickByPerson, withAct} from '../../source/domain/restore-run.ts';
import {displayWidth} from '../../source/format.ts';
import {
	initialRestoreScreen,
	pasteInRestore,
	pressInRestore,
	type RestoreMove,
	type RestoreScreen,
} from '../../source/restore/screen.ts';
import type {RestoreState} from '../../source/restore/state.ts';
import {clipboardBytes} from '../../source/terminal/clipboard.ts';
import {createTheme} from '../../source/theme.ts';
import {runbookDialogLines, runbookPageLines} from '../../source/views/runbook-page.ts';
import {openshiftInputs} from '../domain/restore-samples.ts';

const wallMs = new Date(2026, 10, 27, 3, 20, 8).getTime();

function stateAt(stepId: string, more: Partial<RestoreState> = {}): RestoreState {
	const plan = planRestore(openshiftInputs());
	if (plan.kind === 'refused') {
		throw new Error(plan.why);
	}
	let run: RestoreRun = beginRestore(plan.runbook, 'x', wallMs);
	for (let step = currentStep(run); step !== undefined && !step.id.startsWith(stepId); step = currentStep(run)) {
		const ticked = tickByPerson(run, step, step.word, wallMs);
		run = ticked.kind === 'ticked' ? ticked.run : run;
	}
	return {run, wallMs, path: '/state/restore-x.json', answers: {}, whyNotByProgram: {}, ...more};
}

function press(keys: readonly string[], state: RestoreState, screen: RestoreScreen = initialRestoreScreen): RestoreMove {
	let move: RestoreMove = {screen};
	for (const [index, name] of keys.entries()) {
		move = pressInRestore(move.screen, {name, at: index === 0 ? 0 : deafMs + index}, state);
	}
	return move;
}

const word = 'ip-10-0-154-194';

function page(state: RestoreState, columns: number, rows: number, screen = initialRestoreScreen, unicode = true): string {
	const theme = createTheme({unicode, color: false});
	const lines = runbookPageLines({state, screen, ways: 'ssh core@, Kubernetes API', columns, rows, theme});
	return `\n${lines
		.map((line) =>
			line
				.map(({text}) => text)
				.join('')
				.trimEnd(),
		)
		.join('\n')}\n`;
}

const waiting = stateAt('stop-etcd', {
	answers: {'stop-etcd@ip-10-0-154-194.example.redhat.com': {answer: {kind: 'not yet', text: 'still running: etcd'}, wallMs}},
});

test('the step at hand: its commands, what was seen of it, and what to do meanwhile', () => {
	expect(page(waiting, 80, 24)).toMatchInlineSnapshot(`
		"
		 restore  ocp-west  ◆ RESTORE  OpenShift up to 4.17, 4.17.3            03:20:08
		 ssh core@, Kubernetes API   snapshot_2026-11-27_031500.db   on ip-10-0-143-125…
		── steps ── 7 of 24 done ── Stop: nothing of the old cluster may go on ─────────
		  ✓  3 Log in to ip-10-0-143-125.example.redhat.com, in a termina…  typed 03:20
		  ✓  4 Log in to ip-10-0-154-194.example.redhat.com, in a termina…  typed 03:20
		  ✓  5 Log in to ip-10-0-173-171.example.redhat.com, in a termina…  typed 03:20
		  ✓  6 Copy the backup to ip-10-0-143-125.example.redhat.com        typed 03:20
		  ✓  7 Begin: from here on the cluster is down                      typed 03:20
		> ◌  8 Stop etcd on ip-10-0-154-194.example.redhat.com                      now
		     9 Stop kube-apiserver on ip-10-0-154-194.example.redhat.com
		── step 8 ── on ip-10-0-154-194.example.redhat.com (10.0.154.194) ──────────────
		 ◌ not yet: still running: etcd; looked 03:20:08
		 A member of the old cluster that goes on is a second cluster beside the
		 restored one.

		 > $ sudo mv /etc/kubernetes/manifests/etcd-pod.yaml /tmp
		   then look:
		   $ sudo crictl ps | grep etcd | grep -v operator

		 It worked when: It prints nothing.
		 If it prints something, wait a few minutes and look again.


		 c copy  Enter tick off  r run  l look  ↑ ↓ steps  Esc current  ? help  q leave
		"
	`);
});

test('a step that is being done, in ASCII', () => {
	const acting = {
		stepId: 'cluster-restore@ip-10-0-143-125.example.redhat.com',
		wallMs: wallMs - 65_000,
		lines: ['...stopping etcd-pod.yaml'],
	};
	expect(page(stateAt('cluster-restore', {acting}), 80, 24, initialRestoreScreen, false)).toMatchInlineSnapshot(`
		"
		 restore  ocp-west  ~ RESTORE  OpenShift up to 4.17, 4.17.3            03:20:08
		 ssh core@, Kubernetes API   snapshot_2026-11-27_031500.db   on ip-10-0-143-12..
		-- steps -- 13 of 24 done -- Restore -------------------------------------------
		  + 11 Stop etcd on ip-10-0-173-171.example.redhat.com              typed 03:20
		  + 12 Stop kube-apiserver on ip-10-0-173-171.example.redhat.com    typed 03:20
		  + 13 Move etcd's data away on ip-10-0-173-171.example.redhat.com  typed 03:20
		> ~ 14 Restore on ip-10-0-143-125.example.redhat.com, the recove..          now
		    15 Restart the kubelet on ip-10-0-143-125.example.redhat.com
		-- step 14 -- on ip-10-0-143-125.example.redhat.com (10.0.143.125) -------------
		 . only a person can know this
		 ~ being done for 1:05
		   ...stopping etcd-pod.yaml
		 This is the restore itself. The cluster-wide proxy is off, so nothing is
		 exported.

		   $ sudo -E /usr/local/bin/cluster-restore.sh
		     /home/core/backup_2026-11-27_031500

		 It worked when: It ends with \`starting kube-scheduler-pod.yaml\` and a line
		 with that pod's path. It stops the pods of this host by itself and waits for
		 them, which takes minutes.


		 c copy  Enter tick off  r run  l look  ^ v steps  Esc current  ? help  q leave
		"
	`);
});

test('the end: what may still be slow', () => {
	const state = stateAt('nothing is called so');
	expect(page(state, 80, 24).split('\n').slice(-8).join('\n')).toMatchInlineSnapshot(`
		" and every endpoint is healthy.

		 · \`Unable to connect to the server: EOF\` at \`oc login\`: wait a few moments,
		   the authentication controllers are starting.
		 · It may take several minutes until all services are back; \`oc login\` may not
		   work until the OAuth server's pods have been restarted.
		 c copy  Enter tick off  r run  l look  ↑ ↓ steps  Esc current  ? help  q leave
		"
	`);
});

test.each([
	[60, 15],
	[80, 24],
	[120, 36],
	[200, 60],
])('%i × %i: every step fits its frame', (columns, rows) => {
	const {steps} = waiting.run.runbook;
	for (const {id} of steps) {
		const lines = page(waiting, columns, rows, {...initialRestoreScreen, selectedId: id})
			.split('\n')
			.slice(1, -1);
		expect(lines).toHaveLength(rows);
		expect(Math.max(...lines.slice(0, 3).map(displayWidth))).toBeLessThanOrEqual(columns);
	}
});

describe('keys', () => {
	test('a step is ticked off by its word alone, key by key, by the other button', () => {
		const unseen = {...waiting, answers: {}};
		expect(press(['enter', ...word, 'tab', 'enter'], unseen).request).toMatchObject({call: 'tick', typed: word});
		// Where the program sees that it is not so, it takes more.
		expect(press(['enter', ...word, 'tab', 'enter'], waiting).request).toBeUndefined();
		expect(press(['enter', ...`${word} anyway`, 'tab', 'enter'], waiting).request).toMatchObject({typed: `${word} anyway`});
		expect(press(['enter', ...word, 'enter'], waiting).request).toBeUndefined();
		expect(press(['enter', ...'ip-10-0-173-171', 'tab', 'enter'], waiting).request).toBeUndefined();
		const pasted = pasteInRestore(press(['enter'], waiting).screen, word, 5000);
		expect(press(['tab', 'enter'], waiting, pasted).request).toBeUndefined();
	});

	test('what is run is shown first, with what became of it before', () => {
		const begun = withAct(waiting.run, {stepId: currentStep(waiting.run)!.id, wallMs, outcome: 'begun', text: ''});
		const state = {...waiting, run: begun};
		const {overlay} = press(['r'], state).screen;
		const theme = createTheme({unicode: true, color: false});
		const text = runbookDialogLines(overlay!, state, {columns: 80, rows: 22}, theme)
			.map((line) => line.map((part) => part.text).join(''))
			.join('\n');
		expect(text).toContain('$ sudo mv /etc/kubernetes/manifests/etcd-pod.yaml /tmp');
		expect(text).toContain('how that ended is not known');
		expect(press(['r', ...word, 'tab', 'enter'], state).request).toMatchObject({call: 'perform', typed: word});
	});

	test('a step whose turn has not come, or that the program can not do, says why', () => {
		expect(press(['down', 'enter'], waiting).request).toEqual({
			call: 'say',
			text: `Enter: first: ${currentStep(waiting.run)!.title}`,
		});
		const without = {...waiting, whyNotByProgram: {[currentStep(waiting.run)!.id]: 'start with --ssh USER@'}};
		expect(press(['r'], without).request).toEqual({call: 'say', text: 'r: start with --ssh USER@'});
	});

	test('c copies one command after the other, Escape leads back to the step that is waited for', () => {
		expect(press(['c'], waiting).request).toMatchObject({
			call: 'copy',
			text: 'sudo mv /etc/kubernetes/manifests/etcd-pod.yaml /tmp',
		});
		expect(press(['c', 'c'], waiting).request).toMatchObject({text: 'sudo crictl ps | grep etcd | grep -v operator'});
		expect(press(['up', 'up', 'escape'], waiting).screen).toEqual(initialRestoreScreen);
	});

	test('leaving while a step is being done takes a second word', () => {
		const acting = {...waiting, acting: {stepId: currentStep(waiting.run)!.id, wallMs, lines: []}};
		expect(press(['q'], waiting).request).toEqual({call: 'quit'});
		expect(press(['q'], acting).request).toMatchObject({call: 'say'});
		expect(press(['q', 'q'], acting).request).toEqual({call: 'quit'});
		expect(press(['q', 'down', 'q'], acting).request).toMatchObject({call: 'say'});
	});
});

test('the clipboard is reached past a multiplexer', () => {
	expect(clipboardBytes('ls', {})).toBe('\x1b]52;c;bHM=\x07');
	expect(clipboardBytes('ls', {TMUX: '/tmp/tmux'})).toBe('\x1b]52;c;bHM=\x07\x1bPtmux;\x1b\x1b]52;c;bHM=\x07\x1b\\');
	const long = clipboardBytes('x'.repeat(2000), {STY: '1.x'});
	expect(
		long
			.split('\x1bP')
			.slice(1)
			.every((part) => part.endsWith('\x1b\\') && part.length < 768),
	).toBe(true);
});
