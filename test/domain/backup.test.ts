import {expect, test} from 'vitest';
import {backupAlerts} from '../../source/domain/alerts.ts';
import {freshSnapshotAge, isBackupOverdue, type KnownBackup, newestBackup} from '../../source/domain/backup.ts';
import {planBackup} from '../../source/domain/backup-plan.ts';
import {confirmationOf, quorumWithSnapshotWord, quorumWord} from '../../source/domain/defrag-confirmation.ts';
import type {MemberState} from '../../source/domain/member-state.ts';
import {prodMembers} from '../helpers/sample-state.ts';

const hour = 3_600_000;
const now = 100 * 24 * hour;
const taken = (hoursAgo: number, isThere?: boolean): KnownBackup => ({
	kind: 'etcd snapshot',
	wallMs: now - hoursAgo * hour,
	operator: 'ana@bastion-1',
	from: 'etcd-1',
	files: [`/backups/${hoursAgo}.db`],
	...(isThere !== undefined && {isThere}),
});

test.each<[string, readonly KnownBackup[], overdue: boolean, fresh: number | undefined]>([
	['none', [], true, undefined],
	['a young one', [taken(0.5, true)], false, 0.5 * hour],
	['one of yesterday', [taken(23, true)], false, undefined],
	['one of the day before', [taken(25, true)], true, undefined],
	['a young one that is gone', [taken(0.5, false), taken(30, true)], true, undefined],
	['a young one that can not be seen from here', [taken(0.5)], false, undefined],
	['one from the future, by a clock that was set back', [taken(-5, true)], true, undefined],
])('%s', (_, backups, overdue, fresh) => {
	expect(isBackupOverdue(backups, now)).toBe(overdue);
	expect(freshSnapshotAge(backups, now)).toBe(fresh);
	expect(backupAlerts(backups, now)).toHaveLength(overdue ? 1 : 0);
});

test('nothing is told before the journal was read; the newest counts, in whatever order', () => {
	expect(backupAlerts(undefined, now)).toEqual([]);
	expect(newestBackup([taken(30, true), taken(2, true), taken(9, true)])?.files).toEqual(['/backups/2.db']);
	expect(backupAlerts([taken(50, true)], now)[0]).toMatchObject({
		id: 'backup',
		text: expect.stringMatching(/^last backup 2 days ago/),
	});
});

type Change = {readonly state?: MemberState; readonly behind?: number; readonly learner?: true};

/** The first, a follower; the second, a follower; the third leads. */
function planWith(changes: readonly Change[], alarms: Parameters<typeof planBackup>[0]['alarms'] = []) {
	const [one, two, three] = prodMembers();
	const members = [one, two, three].map((record, index) => {
		const {state = 'healthy', behind = 0, learner = false} = changes[index] ?? {};
		const value = {...record.status!.value, raftIndex: 5000, raftAppliedIndex: 5000 - behind};
		return {...record, member: {...record.member, isLearner: learner}, condition: {state}, status: {value}};
	});
	const plan = planBackup({members, alarms, held: undefined, directory: '/backups'});
	return {...plan, best: plan.sources.find(({memberId}) => memberId === plan.best)?.name};
}

test.each<[string, readonly Change[], best: string | undefined, refusal: string | undefined]>([
	['a follower that is up to date', [{behind: 3}, {}, {}], 'etcd-1', undefined],
	['a quick one before a slow one', [{state: 'slow'}, {behind: 900}, {}], 'etcd-1', undefined],
	['a slow follower before the leader', [{state: 'slow'}, {state: 'down'}, {}], 'etcd-0', undefined],
	['the leader where nobody else answers', [{state: 'down'}, {state: 'frozen'}, {}], 'etcd-2', undefined],
	['none that is far behind', [{behind: 2000}, {}, {}], 'etcd-1', undefined],
	['no learner', [{learner: true}, {state: 'refused'}, {}], 'etcd-2', undefined],
	['nobody', [{state: 'down'}, {state: 'down'}, {state: 'down'}], undefined, 'no member can hand out a snapshot now'],
	[
		'not while one is defragmented',
		[{state: 'defragmenting'}, {}, {}],
		'etcd-1',
		'etcd-0 is being defragmented; wait until it is done',
	],
])('a snapshot is taken from %s', (_, changes, best, refusal) => {
	const plan = planWith(changes);
	expect({best: plan.best, refusal: plan.refusal}).toEqual({best, refusal});
});

test('not from a member with a CORRUPT alarm; a NOSPACE hinders nobody', () => {
	const [one, two] = prodMembers();
	const plan = planWith(
		[{state: 'CORRUPT'}, {state: 'NOSPACE'}, {}],
		[
			{memberId: one.member.id, alarm: 'CORRUPT'},
			{memberId: two.member.id, alarm: 'NOSPACE'},
		],
	);
	expect(plan).toMatchObject({best: 'etcd-1', sources: [{against: 'its data is said to be corrupt'}, {}, {}]});
});

test('a verified snapshot of the last hour stands for the typed refusal of one', () => {
	const gate = {id: 'quorum', title: 'quorum without it', state: 'acknowledge', detail: '1 of 3'} as const;
	const input = {steps: [], gates: [gate], warnings: [], voters: 3};
	expect(confirmationOf(input)).toMatchObject({word: quorumWord});
	const {word, consequences, terminalOnly} = confirmationOf({...input, snapshotAgeMs: 5 * 60_000});
	expect({word, first: consequences[0], terminalOnly}).toEqual({
		word: quorumWithSnapshotWord,
		first: 'A snapshot was taken and verified 5:00 ago, and a crash of another member now loses quorum.',
		terminalOnly: true,
	});
});
