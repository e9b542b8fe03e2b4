import {describe, expect, test} from 'vitest';
import {openConfirmation} from '../../source/confirmation-state.ts';
import type {State} from '../../source/engine/state.ts';
import {initialScreen, type Overlay} from '../../source/screen-state.ts';
import {createTheme} from '../../source/theme.ts';
import {overlayLines} from '../../source/views/dialogs.ts';
import {etcd1, etcd2, gatesWith, phases, samplePlan, sampleRun} from '../helpers/sample-run.ts';
import {GiB, now, ocpState, prodState} from '../helpers/sample-state.ts';

const sizes = {
	'80x24': {columns: 80, rows: 21},
	'60x15': {columns: 60, rows: 12},
} as const;

type Size = keyof typeof sizes;

function draw(overlay: Overlay, state: State, size: Size = '80x24', unicode = true): string {
	const theme = createTheme({unicode, color: false});
	const lines = overlayLines({overlay, state, screen: initialScreen, room: sizes[size], theme});
	return `\n${lines.map((line) => line.map(({text}) => text).join('')).join('\n')}\n`;
}

const plan: Overlay = {kind: 'plan', seen: true, moveLeader: true};
const quit: Overlay = {kind: 'quit', focus: 'stay'};
const help: Overlay = {kind: 'help', scroll: 0};
const start: Overlay = {
	kind: 'confirm',
	subject: {kind: 'defragment', shown: samplePlan()},
	seen: true,
	confirmation: {...openConfirmation('defragment', now), typed: 'defrag'},
};
const withPlan = prodState({plan: samplePlan({gates: gatesWith('inflight', 'pending', 'asking etcd-2')})});

describe('the plan', () => {
	test('at 80 columns', () => {
		expect(draw(plan, withPlan)).toMatchInlineSnapshot(`
			"
			┌ Defragment all: the plan ─────────────────────────────── prod-eu-1, 14:32:08 ┐
			│     MEMBER        ROLE       DB SIZE     GIVES BACK  BLOCKS  WHY HERE        │
			│  1  etcd-0        follower  4.79 GiB  2.86 GiB  60%   ~0:34  gives most      │
			│     cooldown                                           1:00  after 1 ends    │
			│     move leader   etcd-2 → etcd-1              [x]    ~0:02  etcd-1 is small │
			│  2  etcd-2        leader    5.62 GiB  3.69 GiB  66%   ~0:34  leader, last    │
			│  –  etcd-1        follower  2.01 GiB  81.9 MiB   4%       –  skip, under 10% │
			│                                                                              │
			│  Gives back 6.55 GiB in ~2:14. One member at a time is silent.               │
			│  Block time: 1.93 GiB in use at 59.0 MiB/s, seen on etcd-1.                  │
			│  Versions: no known fault of defragmentation.                                │
			│  GATES                                       asked again before each member  │
			│  ✓ quorum without it; linearizable reads    2 of 3, slowest 4.1 ms           │
			│  ✓ all agree on one leader                  etcd-2, term 7                   │
			│  ✓ no CORRUPT alarm                         no alarms                        │
			│  ✓ applied index close to committed         0 behind                         │
			│  ◌ nothing in flight                        asking etcd-2                    │
			│  ✓ cooldown over                            last: etcd-1, 33:59 ago          │
			│  ! free disk in its data directory: needs 2.32 GiB; cannot be seen from here │
			│  Esc cancel   m move leader yes/no   Enter go on, when every gate has passed │
			└──────────────────────────────────────────────────────────────────────────────┘
			"
		`);
	});

	test('at 60 x 15 what holds the step, the order and the keys stay', () => {
		expect(draw(plan, withPlan, '60x15')).toMatchInlineSnapshot(`
			"
			┌ Defragment all: the plan ─────────── prod-eu-1, 14:32:08 ┐
			│     MEMBER           GIVES BACK  BLOCKS  WHY HERE        │
			│  1  etcd-0        2.86 GiB  60%   ~0:34  gives most      │
			│     move leader   etcd-2 → etcd-1  [x]                   │
			│  2  etcd-2        3.69 GiB  66%   ~0:34  leader, last    │
			│  –  etcd-1        81.9 MiB   4%       –  skip, under 10% │
			│  Gives back 6.55 GiB in ~2:14. One member at a time is   │
			│  silent.                                                 │
			│  ✓ 5 gates passed, not shown here                        │
			│  ◌ nothing in flight: asking etcd-2                      │
			│  Esc cancel   m move leader yes/no   Enter go on         │
			└──────────────────────────────────────────────────────────┘
			"
		`);
	});

	test('in ASCII', () => {
		expect(draw({...plan, moveLeader: false}, withPlan, '80x24', false)).toMatchInlineSnapshot(`
			"
			+ Defragment all: the plan ------------------------------- prod-eu-1, 14:32:08 +
			|     MEMBER        ROLE       DB SIZE     GIVES BACK  BLOCKS  WHY HERE        |
			|  1  etcd-0        follower  4.79 GiB  2.86 GiB  60%   ~0:34  gives most      |
			|     cooldown                                           1:00  after 1 ends    |
			|     move leader   etcd-2 -> etcd-1             [ ]    ~0:02  etcd-1 is small |
			|  2  etcd-2        leader    5.62 GiB  3.69 GiB  66%   ~0:34  leader, last    |
			|  -  etcd-1        follower  2.01 GiB  81.9 MiB   4%       -  skip, under 10% |
			|                                                                              |
			|  Gives back 6.55 GiB in ~2:14. One member at a time is silent.               |
			|  Block time: 1.93 GiB in use at 59.0 MiB/s, seen on etcd-1.                  |
			|  Versions: no known fault of defragmentation.                                |
			|  GATES                                       asked again before each member  |
			|  + quorum without it; linearizable reads    2 of 3, slowest 4.1 ms           |
			|  + all agree on one leader                  etcd-2, term 7                   |
			|  + no CORRUPT alarm                         no alarms                        |
			|  + applied index close to committed         0 behind                         |
			|  . nothing in flight                        asking etcd-2                    |
			|  + cooldown over                            last: etcd-1, 33:59 ago          |
			|  ! free disk in its data directory: needs 2.32 GiB; cannot be seen from here |
			|  Esc cancel   m move leader yes/no   Enter go on, when every gate has passed |
			+------------------------------------------------------------------------------+
			"
		`);
	});

	test('with a fault of the version and a gate that failed', () => {
		const state = prodState({
			plan: samplePlan({
				warnings: [
					{
						id: 'snapshot-3.4',
						text: 'etcd 3.4.23: a snapshot applied while it defragments can corrupt it',
						remedy: 'Upgrade to 3.4.38 or later.',
					},
				],
				gates: gatesWith('quorum', 'failed', 'etcd-1 does not answer; 1 of 3 would be left, 2 make a quorum'),
			}),
		});
		expect(draw(plan, state)).toMatchInlineSnapshot(`
			"
			┌ Defragment all: the plan ─────────────────────────────── prod-eu-1, 14:32:08 ┐
			│     MEMBER        ROLE       DB SIZE     GIVES BACK  BLOCKS  WHY HERE        │
			│  1  etcd-0        follower  4.79 GiB  2.86 GiB  60%   ~0:34  gives most      │
			│     cooldown                                           1:00  after 1 ends    │
			│     move leader   etcd-2 → etcd-1              [x]    ~0:02  etcd-1 is small │
			│  2  etcd-2        leader    5.62 GiB  3.69 GiB  66%   ~0:34  leader, last    │
			│  –  etcd-1        follower  2.01 GiB  81.9 MiB   4%       –  skip, under 10% │
			│  Gives back 6.55 GiB in ~2:14. One member at a time is silent.               │
			│  ▲ etcd 3.4.23: a snapshot applied while it defragments can corrupt it.      │
			│    Upgrade to 3.4.38 or later.                                               │
			│  GATES                                       asked again before each member  │
			│  ✗ quorum without it; linearizable reads: etcd-1 does not answer; 1 of 3     │
			│    would be left, 2 make a quorum                                            │
			│  ✓ all agree on one leader                  etcd-2, term 7                   │
			│  ✓ no CORRUPT alarm                         no alarms                        │
			│  ✓ applied index close to committed         0 behind                         │
			│  ✓ nothing in flight                        none                             │
			│  ✓ cooldown over                            last: etcd-1, 33:59 ago          │
			│  ! free disk in its data directory: needs 2.32 GiB; cannot be seen from here │
			│  Esc cancel   m move leader yes/no   Enter go on, when every gate has passed │
			└──────────────────────────────────────────────────────────────────────────────┘
			"
		`);
	});

	test('that nothing can come of', () => {
		const refusal = 'no member gives back enough to be worth the silence';
		const state = prodState({plan: samplePlan({steps: [], leftOut: samplePlan().leftOut, gates: [], refusal})});
		expect(draw(plan, state, '60x15')).toMatchInlineSnapshot(`
			"
			┌ Defragment all: the plan ─────────── prod-eu-1, 14:32:08 ┐
			│     MEMBER           GIVES BACK  BLOCKS  WHY HERE        │
			│  –  etcd-1        81.9 MiB   4%       –  skip, under 10% │
			│                                                          │
			│  ✗ no member gives back enough to be worth the silence   │
			│  Esc cancel                                              │
			└──────────────────────────────────────────────────────────┘
			"
		`);
	});
});

describe('the confirmation', () => {
	test('at 80 columns', () => {
		expect(draw(start, prodState({plan: samplePlan()}))).toMatchInlineSnapshot(`
			"
			┌ Start? Defragment etcd-0, then etcd-2 (leader, last) ───────────── prod-eu-1 ┐
			│  Each stops answering for ~0:34; the others keep the quorum.                 │
			│  A member that has begun cannot be stopped; the run can, between members.    │
			│                                                                              │
			│  Type the word  defragment  :  defrag____     6 of 10, key by key            │
			│         > [ Cancel ]              [ Start ]  opens when the word is complete │
			│  Enter does what has the >      Tab other button   Esc cancel                │
			└──────────────────────────────────────────────────────────────────────────────┘
			"
		`);
	});

	test('complete, with the focus on Start', () => {
		const confirmation = {...openConfirmation('defragment', now), typed: 'defragment', focus: 'confirm'} as const;
		expect(draw({...start, confirmation}, prodState({plan: samplePlan()}), '60x15')).toMatchInlineSnapshot(`
			"
			┌ Start? Defragment etcd-0, then etcd-2 (leader, last) ────┐
			│  Each stops answering for ~0:34; the others keep the     │
			│  quorum.                                                 │
			│  A member that has begun cannot be stopped; the run can, │
			│  between members.                                        │
			│                                                          │
			│  Type the word  defragment  :  defragment                │
			│  10 of 10, key by key                                    │
			│    [ Cancel ]            > [ Start ]                     │
			│  Enter the one with >   Tab other button   Esc cancel    │
			└──────────────────────────────────────────────────────────┘
			"
		`);
	});

	test('of the only voter asks for its name', () => {
		const asked = {
			...samplePlan().confirmation,
			word: 'etcd-0',
			consequences: ['All reads and writes of the cluster stop meanwhile: it is the only voter.'],
			outage: true,
		};
		const confirmation = {...openConfirmation('etcd-0', now), typed: 'etxd'};
		const only = samplePlan({confirmation: asked, steps: samplePlan().steps.slice(0, 1)});
		expect(draw({...start, confirmation}, prodState({plan: only}), '80x24', false)).toMatchInlineSnapshot(`
			"
			+ Start? Defragment etcd-0 ----------------------------------------- prod-eu-1 +
			|  All reads and writes of the cluster stop meanwhile: it is the only voter.   |
			|                                                                              |
			|  Type the word  etcd-0  :  etxd__     wrong from letter 3 on; Backspace      |
			|         > [ Cancel ]              [ Start ]  opens when the word is complete |
			|  Enter does what has the >      Tab other button   Esc cancel                |
			+------------------------------------------------------------------------------+
			"
		`);
	});

	test('keeps the word and the buttons where many things have to be said', () => {
		const consequences = Array.from({length: 12}, (_, index) => `Consequence ${index + 1} of what is about to be done.`);
		const many = samplePlan({confirmation: {...samplePlan().confirmation, consequences}});
		const picture = draw(start, prodState({plan: many}), '60x15');
		expect(picture).toContain('Consequence 1 of');
		expect(picture).toContain('Type the word  defragment  :  defrag____');
		expect(picture).toContain('> [ Cancel ]');
	});
});

test('disarming while files are nearly full', () => {
	const [first, second, third] = ocpState().members.map(({member}, index) => ({
		memberId: member.id,
		name: member.name,
		dbSizeBytes: (index === 2 ? 7.5 : 2.13) * GiB,
		used: index === 2 ? 0.94 : 0.27,
		quotaBytes: 8 * GiB,
		quotaAssumed: index === 1,
		passed: index !== 2,
		detail: index === 2 ? 'leader' : '',
	}));
	const confirmation = {
		word: 'disarm anyway',
		consequences: [
			`${third!.name} uses 94% of its quota: 512 MiB left.`,
			'Writes are accepted again at once. A file that reaches its quota raises the alarm anew.',
		],
		acknowledges: [],
		outage: false,
		terminalOnly: false,
	};
	const state = ocpState({
		disarmPlan: {memberId: first!.memberId, name: first!.name, rows: [first!, second!, third!], confirmation},
	});
	const overlay: Overlay = {
		kind: 'confirm',
		subject: {kind: 'disarm', memberId: first!.memberId},
		seen: true,
		confirmation: openConfirmation('disarm anyway', now),
	};
	expect(draw(overlay, state)).toMatchInlineSnapshot(`
		"
		┌ Disarm NOSPACE of ip-10-0-159-225.example.redhat.com? ───────────── ocp-west ┐
		│  ip-10-0-199-170.example.redhat.com uses 94% of its quota: 512 MiB left.     │
		│  Writes are accepted again at once. A file that reaches its quota raises the │
		│  alarm anew.                                                                 │
		│  ✓ ip-10-0-159-225.example…  2.13 GiB   27% of quota                         │
		│  ✓ ip-10-0-191-37.example.…  2.13 GiB   27% of quota  quota assumed          │
		│  ▲ ip-10-0-199-170.example…  7.50 GiB   94% of quota  leader                 │
		│                                                                              │
		│  Type the word  disarm anyway  :  _____________     0 of 13, key by key      │
		│        > [ Cancel ]              [ Disarm ]  opens when the word is complete │
		│  Enter does what has the >      Tab other button   Esc cancel                │
		└──────────────────────────────────────────────────────────────────────────────┘
		"
	`);
});

test('quitting in each phase', () => {
	expect(draw(quit, prodState({run: sampleRun(phases.defragmenting)}))).toMatchInlineSnapshot(`
		"
		┌ Quit while a run is going? ─────────────────────────────────────── prod-eu-1 ┐
		│  etcd-0   is being defragmented for 0:21. etcd goes on by itself to the end; │
		│           quitting does not stop it, and nothing can.                        │
		│  etcd-2   has not started and will not start.                                │
		│  Cooldown stands: no etcdtop on this machine starts one for 1:00 after it.   │
		│                                                                              │
		│         > [ Stay ]        [ Stay, stop after etcd-0 ]        [ Quit ]        │
		└──────────────────────────────────────────────────────────────────────────────┘
		"
	`);
	expect(
		draw(quit, prodState({run: sampleRun(phases.unknown, {cancel: {at: now, by: 'ana'}, waiting: []})})),
	).toMatchInlineSnapshot(`
		"
		┌ Quit while a run is going? ─────────────────────────────────────── prod-eu-1 ┐
		│  etcd-0   has not answered for 10:04 and may still be at it. Quitting stops  │
		│           the watching; its outcome stays open in the journal, and nothing   │
		│           starts until it is known.                                          │
		│  Cooldown stands: no etcdtop on this machine starts one for 1:00 after it.   │
		│                                                                              │
		│         > [ Stay ]        [ Quit ]                                           │
		└──────────────────────────────────────────────────────────────────────────────┘
		"
	`);
	expect(draw(quit, prodState({run: sampleRun(phases.cooling)}), '60x15')).toMatchInlineSnapshot(`
		"
		┌ Quit while a run is going? ─────────────────── prod-eu-1 ┐
		│  etcd-2   has not started and will not start.            │
		│  Cooldown stands: no etcdtop on this machine starts one  │
		│  before 14:32:49.                                        │
		│                                                          │
		│  > [ Stay ]                                              │
		│    [ Stay, stop the run ]                                │
		│    [ Quit ]                                              │
		└──────────────────────────────────────────────────────────┘
		"
	`);
});

test('asking what to do when leadership did not move', () => {
	const overlay: Overlay = {kind: 'asking', focus: 'later', openedAt: now};
	expect(draw(overlay, prodState({run: sampleRun(phases.asking)}))).toMatchInlineSnapshot(`
		"
		┌ Leadership did not move from etcd-2 to etcd-1 ──────────────────── prod-eu-1 ┐
		│  no answer within 5 s, and etcd-2 still leads. Nothing goes on until you     │
		│  choose; it waits for 0:12.                                                  │
		│  As leader: etcd-2 is defragmented where it is; its own clients wait         │
		│  meanwhile, as those of any member.                                          │
		│                                                                              │
		│  > [ Not now ]                                                               │
		│    [ Move to etcd-0 ]                                                        │
		│    [ etcd-2 as leader ]                                                      │
		│    [ Stop the run ]                                                          │
		│  Enter does what has the >      Tab other button   Esc not now               │
		└──────────────────────────────────────────────────────────────────────────────┘
		"
	`);
	const {otherTarget: _, ...only} = phases.asking;
	expect(draw(overlay, prodState({run: sampleRun({...only, from: etcd2, to: etcd1})}), '60x15')).toMatchInlineSnapshot(`
		"
		┌ Leadership did not move from etcd-2 to etcd-1 ───────────┐
		│  no answer within 5 s, and etcd-2 still leads. Nothing   │
		│  goes on until you choose; it waits for 0:12.            │
		│  As leader: etcd-2 is defragmented where it is; its own  │
		│  clients wait meanwhile, as those of any member.         │
		│                                                          │
		│  > [ Not now ]                                           │
		│    [ etcd-2 as leader ]                                  │
		│    [ Stop the run ]                                      │
		│  Enter the one with >   Tab other button   Esc not now   │
		└──────────────────────────────────────────────────────────┘
		"
	`);
});

test('compacting', () => {
	const headConfirmation = {...samplePlan().confirmation, word: 'compact to head'};
	const compactPlan = {headRevision: 201_733_512, inUseBytes: 7.1 * GiB, headConfirmation};
	const overlay: Overlay = {kind: 'compact', seen: true, focus: 'cancel'};
	const old = {revision: 201_700_000, ageMs: 305_000};
	expect(
		draw(overlay, prodState({compactPlan: {...compactPlan, target: old, confirmation: headConfirmation}})),
	).toMatchInlineSnapshot(`
		"
		┌ Compact old revisions ──────────────────────────────────────────── prod-eu-1 ┐
		│  7.10 GiB is in use at revision 201733512.                                   │
		│  → Revision 201700000 is 5:05 old: the newest that nobody who keeps up       │
		│  needs.                                                                      │
		│  To the head: watchers that are behind and paged lists must list again.      │
		│  Files do not shrink by it: defragment afterwards. It can not be undone.     │
		│                                                                              │
		│  > [ Cancel ]                                                                │
		│    [ To 201700000 ]                                                          │
		│    [ To the head, 201733512 ]                                                │
		└──────────────────────────────────────────────────────────────────────────────┘
		"
	`);
	expect(draw(overlay, prodState({compactPlan: {...compactPlan, targetAt: now + 125_000}}), '60x15')).toMatchInlineSnapshot(`
		"
		┌ Compact old revisions ──────────────────────── prod-eu-1 ┐
		│  7.10 GiB is in use at revision 201733512.               │
		│  → No revision is known to be 5:00 old yet: etcd does    │
		│  not tell, it has to be watched. That takes 2:05 more.   │
		│  To the head: watchers that are behind and paged lists   │
		│  must list again.                                        │
		│  Files do not shrink by it: defragment afterwards. It    │
		│  can not be undone.                                      │
		│                                                          │
		│         > [ Cancel ]        [ To the head, 201733512 ]   │
		└──────────────────────────────────────────────────────────┘
		"
	`);
});

test('the help', () => {
	expect(draw(help, prodState()).replace(/UTC[+-]\d\d:\d\d/, 'UTC+00:00')).toMatchInlineSnapshot(`
		"
		┌ Keys ─────────────────────────────────────────── ↑ ↓ scroll, ? or Esc closes ┐
		│  MOVE                                   LOOK                                 │
		│  ↑ ↓ k j      previous, next            /      filter by name, Esc clears    │
		│  g G          first, last               w      columns: size, raft, pods     │
		│  PgUp PgDn    a page                    s S    sort by the next column, turn │
		│  Enter        open                      [ ]    window 5 m 15 m 1 h 6 h 24 h  │
		│  Esc          back, always              c      chart: all, selected member   │
		│  Tab 1-9      views                     p      pause the screen, not polls   │
		│  ← →          other member, on its page + -    interval 1 s to 60 s          │
		│  ACT  what changes the cluster asks first                                    │
		│  d            defragment this member                                         │
		│  D            defragment all, leader last                                    │
		│  C            compact old revisions                                          │
		│  b            back up: a snapshot, B on a host                               │
		│  a            alarms, asked of etcd                                          │
		│  a, there x   disarm NOSPACE             ✗ x: there is no alarm              │
		│  6, there e   encrypt etcd's values      ✗ e: the API has not told yet how … │
		│  6, there i   decrypt them again         ✗ i: the API has not told yet how … │
		│  R            rescue from NOSPACE, step by step  ✗ there is no NOSPACE alarm │
		│  X            stop the run               ✗ no run                            │
		└──────────────────────────────────────────────────────────────────────────────┘
		"
	`);
	expect(draw({...help, scroll: 99}, prodState(), '60x15').replace(/UTC[+-]\d\d:\d\d/, 'UTC+00:00')).toMatchInlineSnapshot(`
		"
		┌ Keys ─────────────────────── ↑ ↓ scroll, ? or Esc closes ┐
		│  6, there i   decrypt them again         ✗ i: the API h… │
		│  R            rescue from NOSPACE, step by step  ✗ ther… │
		│  X            stop the run               ✗ no run        │
		│  PROGRAM  ? help  q Ctrl-C quit  : context  Ctrl-L       │
		│  repaint  Ctrl-Z suspend                                 │
		│  ● healthy  ▲ slow, stalled, alert  ○ frozen  ✗ down,    │
		│  refused  ■ alarm, halt                                  │
		│  ◆ defragmenting  ? unknown, unseen  ◌ waiting  ✓ done   │
		│  – skipped, no value                                     │
		│  Times are UTC+00:00. Journal: ~/.local/state/etcdtop    │
		└──────────────────────────────────────────────────────────┘
		"
	`);
});

test.each(['80x24', '60x15'] as const)('every dialog keeps to its room at %s', (size) => {
	const states = [withPlan, prodState({plan: samplePlan()}), prodState({run: sampleRun(phases.asking)}), ocpState()];
	const overlays: readonly Overlay[] = [plan, start, quit, help, {kind: 'asking', focus: 'stop', openedAt: now}];
	for (const unicode of [true, false]) {
		for (const state of states) {
			for (const overlay of overlays) {
				const lines = draw(overlay, state, size, unicode).trim().split('\n');
				expect(lines.length).toBeLessThanOrEqual(sizes[size].rows);
				expect(lines.map((line) => line.length)).toEqual(lines.map(() => sizes[size].columns));
				expect(unicode || /^[\x20-\x7e]*$/.test(lines.join(''))).toBe(true);
			}
		}
	}
});
