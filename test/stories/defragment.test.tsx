import {afterEach, expect, test} from 'vitest';
import {keys, openApp, type Story} from '../helpers/open-app.tsx';
import {etcd2, gatesWith, phases, samplePlan, sampleRun} from '../helpers/sample-run.ts';
import {now, prodState} from '../helpers/sample-state.ts';

let app: Story;

afterEach(() => app.close());

/** As far as the confirmation of a run over all members, past its first half second. */
async function openConfirmation(): Promise<void> {
	app = await openApp(prodState());
	await app.press('D');
	await app.set({plan: samplePlan()});
	await app.press(keys.enter);
	app.wait(600);
}

test('D opens a plan; Enter, the word, Tab and Enter start the run, and the screen shows it', async () => {
	app = await openApp(prodState());
	await app.press('D');
	expect(await app.frame()).toContain('asking every member');
	await app.set({plan: samplePlan()});
	expect(await app.frame()).toContain('Defragment all: the plan');
	await app.press(keys.enter);
	expect(await app.frame()).toContain('Start? Defragment etcd-0, then etcd-2 (leader, last)');
	app.wait(600);
	await app.type('defragment');
	expect(await app.frame()).toContain('> [ Cancel ]');
	await app.press(keys.tab);
	expect(await app.frame()).toContain('> [ Start ]');
	expect(app.calls()).toEqual(['openPlan {"kind":"all"}']);
	await app.press(keys.enter);
	expect(app.calls()).toEqual(['openPlan {"kind":"all"}', 'startRun etcd-0,etcd-2 defragment']);
	await app.set({run: sampleRun(phases.defragmenting)});
	const frame = await app.frame();
	expect(frame).toContain('◆ etcd-0   defragmenting   0:21 of ~0:34');
	expect(frame).not.toContain('Start?');
});

test.each([
	[
		'Enter after the word',
		async () => {
			await app.type('defragment');
			await app.press(keys.enter);
		},
	],
	[
		'the word and Enter pasted',
		async () => {
			await app.press(keys.paste('defragment\r'), keys.tab, keys.enter);
		},
	],
	[
		'the word and Enter in one read',
		async () => {
			await app.press('defragment\r');
		},
	],
	[
		'the last letter and Enter in one read',
		async () => {
			await app.type('defragmen');
			await app.press('t\r', keys.tab, keys.enter);
		},
	],
	[
		'Tab and Enter in one read',
		async () => {
			await app.type('defragment');
			await app.press('\t\r');
		},
	],
	[
		'an arrow and Enter in one read',
		async () => {
			await app.type('defragment');
			await app.press(`${keys.right}\r`);
		},
	],
	[
		'Backspace, the letter again and Enter in one read',
		async () => {
			await app.type('defragment');
			await app.press(keys.tab, '\x7ft\r');
		},
	],
	[
		'another word',
		async () => {
			await app.type('Defragment');
			await app.press(keys.tab, keys.enter);
		},
	],
	[
		'Escape',
		async () => {
			await app.type('defragment');
			await app.press(keys.tab, keys.escape, keys.enter);
		},
	],
])('does not start by %s', async (_, act) => {
	await openConfirmation();
	await act();
	expect(app.calls().filter((call) => call.startsWith('startRun'))).toEqual([]);
});

test('nothing counts in the first half second, as when Enter is held from the plan', async () => {
	app = await openApp(prodState());
	await app.press('D');
	await app.set({plan: samplePlan()});
	await app.press(keys.enter);
	await app.type(`\r\r${'defragment'}\t\r`);
	expect(await app.frame()).toContain('__________');
	expect(app.calls()).toEqual(['openPlan {"kind":"all"}']);
});

test('a paste empties the field and says so', async () => {
	await openConfirmation();
	await app.type('defrag');
	await app.press('ment');
	expect(await app.frame()).toContain('▲ a paste does not count');
	expect(await app.frame()).toContain('__________');
});

test('leaving by Escape, by Cancel and by Ctrl-C changes nothing', async () => {
	for (const leave of [keys.escape, keys.enter]) {
		await openConfirmation();
		await app.press(leave);
		expect(app.calls().slice(1)).toEqual(['closePlan']);
		expect(await app.frame()).not.toContain('Start?');
		app.close();
	}
	await openConfirmation();
	await app.press(keys.ctrlC);
	expect(app.calls().slice(1)).toEqual(['closePlan', 'quit']);
});

test('Enter in the plan waits for every gate, and says for which', async () => {
	app = await openApp(prodState());
	await app.press('D', keys.enter);
	expect(await app.frame()).toContain('the members are still being asked');
	await app.set({plan: samplePlan({gates: gatesWith('inflight', 'pending', 'asking etcd-2')})});
	await app.press(keys.enter);
	expect(await app.frame()).toContain('✗ Enter: nothing in flight: asking etcd-2');
	expect(await app.frame()).not.toContain('Start?');
	await app.set({plan: samplePlan({refusal: 'no member gives back enough to be worth the silence'})});
	await app.press(keys.enter);
	expect(await app.frame()).toContain('✗ Enter: no member gives back enough');
	expect(app.calls().filter((call) => call.startsWith('startRun'))).toEqual([]);
});

test('a gate that falls closes the confirmation, with its reason', async () => {
	await openConfirmation();
	await app.type('defragment');
	await app.set({plan: samplePlan({gates: gatesWith('quorum', 'failed', 'etcd-1 does not answer; 1 of 3 would be left')})});
	const frame = await app.frame();
	expect(frame).not.toContain('Start?');
	expect(frame).toContain('✗ quorum without it; linearizable reads: etcd-1 does not answer');
	expect(app.calls()).toContain('closePlan');
	await app.press(keys.enter);
	expect(app.calls().filter((call) => call.startsWith('startRun'))).toEqual([]);
});

test('a word that changes under the hand is asked for anew', async () => {
	await openConfirmation();
	await app.type('defragment');
	await app.press(keys.tab);
	const {confirmation} = samplePlan();
	await app.set({
		plan: samplePlan({confirmation: {...confirmation, word: 'defragment anyway', consequences: ['Versions are mixed.']}}),
	});
	expect(await app.frame()).toContain('Versions are mixed.');
	expect(await app.frame()).toContain('> [ Cancel ]');
	await app.press(keys.enter);
	expect(app.calls().filter((call) => call.startsWith('startRun'))).toEqual([]);
});

test('a member that comes into the plan under the hand is told, and the word asked for anew', async () => {
	const {steps, leftOut} = samplePlan();
	app = await openApp(prodState());
	await app.press('D');
	await app.set({plan: samplePlan({steps: steps.slice(0, 1)})});
	await app.press(keys.enter);
	app.wait(600);
	await app.type('defragment');
	await app.press(keys.tab);
	await app.set({plan: samplePlan({steps: [...steps, ...leftOut]})});
	expect(await app.frame()).toContain('the plan changed: etcd-2 came into it');
	await app.press(keys.enter);
	expect(app.calls().filter((call) => call.startsWith('startRun'))).toEqual([]);
});

test('started is what the word was typed for, also where the plan is smaller by then', async () => {
	const {steps} = samplePlan();
	await openConfirmation();
	await app.type('defragment');
	await app.set({plan: samplePlan({steps: steps.slice(0, 1)})});
	await app.press(keys.tab, keys.enter);
	expect(app.calls().at(-1)).toBe('startRun etcd-0,etcd-2 defragment');
});

test('what can not be seen can not be confirmed, nor begun', async () => {
	await openConfirmation();
	await app.type('defragment');
	await app.press(keys.tab);
	await app.resize(59, 14);
	await app.press(keys.enter);
	expect(app.calls()).toEqual(['openPlan {"kind":"all"}']);
	await app.press(keys.escape, 'D');
	expect(app.calls()).toEqual(['openPlan {"kind":"all"}', 'closePlan']);
});

test('a plan that the engine gives up closes with what it said', async () => {
	await openConfirmation();
	const {plan: _, ...without} = prodState();
	await app.set({
		...without,
		plan: undefined as never,
		message: {kind: 'refused', text: 'connection refused. Is etcd running there?'},
	});
	expect(await app.frame()).toContain('✗ connection refused.');
	expect(await app.frame()).not.toContain('Start?');
});

test('m turns the move of leadership off and on', async () => {
	app = await openApp(prodState());
	await app.press('D');
	await app.set({plan: samplePlan()});
	expect(await app.frame()).toContain('[x]');
	await app.press('m');
	expect(await app.frame()).toContain('[ ]');
	await app.press('m');
	expect(app.calls().slice(1)).toEqual(['setMoveLeader false', 'setMoveLeader true']);
});

test('a refused key says why, until the next key', async () => {
	app = await openApp(prodState());
	await app.press('G', 'd');
	expect(await app.frame()).toContain('✗ d etcd-2: it is the leader; etcd-0 goes first, it has 2.86 GiB to give back');
	expect(app.calls().filter((call) => call.startsWith('openPlan'))).toEqual([]);
	await app.press('j');
	expect(await app.frame()).not.toContain('it is the leader');
});

test('d plans for the selected member, also after the order turned', async () => {
	app = await openApp(prodState());
	await app.press(keys.down, 'S');
	expect(await app.frame()).toMatch(/> etcd-1/);
	await app.press('d');
	expect(app.calls()).toEqual(['openPlan {"kind":"member","memberId":"251cd44483d811c3"}']);
});

test('d plans for the member that the marker was drawn on, also while the picture rests', async () => {
	app = await openApp(prodState());
	await app.press('s', 's', 'S', 'p');
	const [marked] = /> (etcd-\d)/.exec(await app.frame())?.slice(1) ?? [];
	const members = prodState().members;
	const sizes = members.map(({status}) => status?.value.dbSizeBytes ?? 0).toSorted((a, b) => a - b);
	const order = members.toSorted((a, b) => (b.status?.value.dbSizeBytes ?? 0) - (a.status?.value.dbSizeBytes ?? 0));
	await app.set({
		members: members.map((record) => ({
			...record,
			status: {at: now, value: {...record.status!.value, dbSizeBytes: sizes[order.indexOf(record)]!}},
		})),
	});
	expect(/> (etcd-\d)/.exec(await app.frame())?.[1]).toBe(marked);
	await app.press('d');
	const id = members.find(({member}) => member.name === marked)?.member.id;
	expect(app.calls().at(-1)).toBe(`openPlan {"kind":"member","memberId":"${id}"}`);
});

test('a read-only session opens nothing, and its help says why', async () => {
	app = await openApp(prodState({readOnly: true}));
	await app.press('D', 'd', 'C');
	expect(app.calls().filter((call) => !call.startsWith('say'))).toEqual([]);
	expect(await app.frame()).toContain('✗ C: read-only session; to change the cluster start without --read-only');
	await app.press('?');
	expect(await app.frame()).toMatch(/defragment all, leader last +✗ read-only session/);
});

test('a failed move is answered on purpose: no choice has the focus at first', async () => {
	app = await openApp(prodState({run: sampleRun(phases.asking)}));
	await app.press('4', keys.enter);
	expect(await app.frame()).toContain('> [ Not now ]');
	await app.press(keys.enter);
	expect(app.calls()).toEqual([]);
	await app.press(keys.enter, keys.tab, keys.tab, keys.enter);
	expect(app.calls()).toEqual(['choose as leader']);
});

test('X stops the run after the member at work', async () => {
	app = await openApp(prodState({run: sampleRun(phases.defragmenting)}));
	await app.press('X');
	expect(app.calls()).toEqual(['stopAfterThis']);
});

test('an unknown outcome can be declared over only once its process is known to be dead', async () => {
	const run = sampleRun({...phases.unknown, memberId: etcd2});
	app = await openApp(prodState({run}));
	await app.press('4', keys.enter);
	expect(await app.frame()).toContain('member 3 of 3');
	await app.press(keys.escape);
	const failure = {kind: 'refused', message: 'connection refused', nextStep: ''} as const;
	const refusedFor = (ms: number) =>
		prodState().members.map((record) =>
			record.member.id === etcd2
				? {
						...record,
						silentSince: now - 600_000,
						refusedSince: now - ms,
						statusAnswer: {kind: 'failed', at: now, waitedMs: 1, failure} as const,
					}
				: record,
		);
	await app.set({members: refusedFor(59_000)});
	await app.press(keys.enter);
	expect(await app.frame()).not.toContain('Declare the unknown outcome');
	await app.press(keys.escape);
	await app.set({members: refusedFor(60_000)});
	await app.press(keys.enter);
	expect(await app.frame()).toContain('Declare the unknown outcome of etcd-2 over?');
	app.wait(600);
	await app.type('etcd-2');
	await app.press(keys.tab, keys.enter);
	expect(app.calls()).toEqual([`declareOver ${etcd2} etcd-2`]);
});

test('the summary stays until Esc', async () => {
	app = await openApp(prodState({run: sampleRun(phases.finished)}));
	await app.press('4', '1', '4');
	expect(await app.frame()).toContain('✓ finished');
	await app.press(keys.escape);
	expect(app.calls()).toEqual(['dismissRun']);
});
