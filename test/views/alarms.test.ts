import {expect, test} from 'vitest';
import type {State} from '../../source/engine/state.ts';
import {createTheme} from '../../source/theme.ts';
import {alarmsViewLines} from '../../source/views/alarms.tsx';
import {phases, sampleRun} from '../helpers/sample-run.ts';
import {GiB, now, ocpAt, ocpState, prodState, screen} from '../helpers/sample-state.ts';

function draw(state: State, columns = 80, unicode = true): string {
	const theme = createTheme({unicode, color: false});
	const lines = alarmsViewLines({state, screen, columns, rows: 24, theme});
	return `\n${lines
		.map((line) =>
			line
				.map(({text}) => text)
				.join('')
				.trimEnd(),
		)
		.join('\n')}\n`;
}

const asked = {at: ocpAt('03:12:23'), alarms: []};

/** NOSPACE, with two of three files small again. */
const nearlyRescued = ocpState({
	alarmsAsked: asked,
	members: ocpState().members.map((record, index) => ({
		...record,
		status: {at: now, value: {...record.status!.value, dbSizeBytes: (index === 2 ? 7.97 : 2.13) * GiB}},
	})),
});

test('none', () => {
	expect(draw(prodState({alerts: [], alarmsAsked: {at: now, alarms: []}}))).toMatchInlineSnapshot(`
		"
		── alarms ── asked 14:32:08, r asks again ──────────────────────────────────────
		 ● No alarm stands.
		"
	`);
});

test('NOSPACE while the leader waits for its turn', () => {
	const cooldown = {kind: 'cooling', until: now + 44_000, why: 'x was defragmented'} as const;
	const run = sampleRun(phases.cooling);
	expect(draw({...nearlyRescued, cooldown, run})).toMatchInlineSnapshot(`
		"
		── alarms ── asked 03:12:23, r asks again ──────────────────────────────────────
		  MEMBER                                    ALARM       SINCE     DISARM
		> ip-10-0-159-225.example.redhat.com        ■ NOSPACE   03:09:41  ▲ x, but tight
		 x disarms this NOSPACE only, best once every db size is below 90% of its
		 quota:
		 ✓ …159-225        2.13 GiB   27%
		 ✓ …191-37         2.13 GiB   27%
		 ✗ …199-170        7.97 GiB  >99%   leader; its turn comes: cooldown, 0:44 left
		 CORRUPT is never disarmed here: stop that member, take its data directory
		 away, remove it and add it anew from a healthy one. No defragmentation until
		 then.
		"
	`);
});

test('NOSPACE that x disarms', () => {
	const members = nearlyRescued.members.map((record) => ({
		...record,
		status: {at: now, value: {...record.status!.value, dbSizeBytes: 2.13 * GiB}},
	}));
	expect(draw({...nearlyRescued, members}, 60)).toMatchInlineSnapshot(`
		"
		── alarms ── asked 03:12:23, r asks again ──────────────────
		  MEMBER                ALARM       SINCE     DISARM
		> ip-10-0-159-225.exa…  ■ NOSPACE   03:09:41  ✓ x disarms it
		 x disarms this NOSPACE only, best once every db size is
		 below 90% of its quota:
		 ✓ …159-225        2.13 GiB   27%
		 ✓ …191-37         2.13 GiB   27%
		 ✓ …199-170        2.13 GiB   27%   leader
		 CORRUPT is never disarmed here: stop that member, take its
		 data directory away, remove it and add it anew from a
		 healthy one. No defragmentation until then.
		"
	`);
});

test('in ASCII, with a silent member and a quota that is assumed', () => {
	const members = nearlyRescued.members.map((record, index) => ({
		...record,
		...(index === 1 ? {silentSince: now - 48_000} : {}),
		...(index === 2 ? {quota: {bytes: 8 * GiB, source: 'assumed'} as const} : {}),
	}));
	expect(draw({...nearlyRescued, members}, 80, false)).toMatchInlineSnapshot(`
		"
		-- alarms -- asked 03:12:23, r asks again --------------------------------------
		  MEMBER                                    ALARM       SINCE     DISARM
		> ip-10-0-159-225.example.redhat.com        # NOSPACE   03:09:41  ! x, but tight
		 x disarms this NOSPACE only, best once every db size is below 90% of its
		 quota:
		 + ..159-225       2.13 GiB   27%
		 + ..191-37        2.13 GiB   27%   silent for 0:48: does not block
		 X ..199-170       7.97 GiB  >99%   leader; quota assumed; d defragments it
		 CORRUPT is never disarmed here: stop that member, take its data directory
		 away, remove it and add it anew from a healthy one. No defragmentation until
		 then.
		"
	`);
});

test('NOSPACE while a cooldown holds the next defragmentation: whole at 80 columns', () => {
	const cooldown = {kind: 'cooling', until: now + 44_000, why: 'x was defragmented'} as const;
	expect(draw({...nearlyRescued, cooldown})).toContain('leader; d defragments it in 0:44: cooldown\n');
});

test('CORRUPT beside NOSPACE, and the alarm of a member that is gone', () => {
	const corrupt = {...nearlyRescued.alarms[0]!, alarm: 'CORRUPT'} as const;
	const gone = {memberId: 'abc123', alarm: 'NOSPACE'} as const;
	const state = {...nearlyRescued, alarms: [...nearlyRescued.alarms, corrupt], alarmsAsked: {at: now, alarms: [gone]}};
	expect(draw(state)).toMatchInlineSnapshot(`
		"
		── alarms ── asked 03:12:31, r asks again ──────────────────────────────────────
		  MEMBER                                    ALARM       SINCE     DISARM
		> ip-10-0-159-225.example.redhat.com        ■ NOSPACE   03:09:41  ✗ not yet
		  ip-10-0-159-225.example.redhat.com        ■ CORRUPT   03:09:41  ✗ never here
		  abc123 (no member)                        ■ NOSPACE             ✗ not yet
		 x disarms this NOSPACE only, best once every db size is below 90% of its
		 quota:
		 ✗ x: a CORRUPT alarm stands; disarming NOSPACE would let writes through on a
		 corrupt cluster
		 ✓ …159-225        2.13 GiB   27%
		 ✓ …191-37         2.13 GiB   27%
		 ✗ …199-170        7.97 GiB  >99%   leader; d defragments it
		 CORRUPT is never disarmed here: stop that member, take its data directory
		 away, remove it and add it anew from a healthy one. No defragmentation until
		 then.
		"
	`);
});

test('etcd does not tell', () => {
	const failure = {
		kind: 'timed-out',
		message: 'no answer within 5 s',
		nextStep: 'Without a quorum no alarm can be asked for.',
	} as const;
	expect(draw(prodState({alerts: [], alarmsAsked: {at: now, failure}}))).toMatchInlineSnapshot(`
		"
		── alarms ── asked 14:32:08, r asks again ──────────────────────────────────────
		 ✗ etcd did not tell: no answer within 5 s. Without a quorum no alarm can be
		   asked for.
		 ● Status of the members tells of no alarm.
		"
	`);
});
