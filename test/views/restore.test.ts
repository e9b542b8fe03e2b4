import {expect, test} from 'vitest';
import type {KnownBackup} from '../../source/domain/backup.ts';
import type {RestoreFacts} from '../../source/domain/restore-readiness.ts';
import type {State} from '../../source/engine/state.ts';
import {createTheme} from '../../source/theme.ts';
import {restoreLines} from '../../source/views/restore.tsx';
import {ocpState, prodState, screen} from '../helpers/sample-state.ts';

function draw(state: State, columns = 80, unicode = true): string {
	const lines = restoreLines({state, screen, columns, rows: 30, theme: createTheme({unicode, color: false})});
	return `\n${lines
		.map((line) =>
			line
				.map(({text}) => text)
				.join('')
				.trimEnd(),
		)
		.join('\n')}\n`;
}

const wallMs = (state: State) => state.now + state.wallOffsetMs;
const hour = 3_600_000;

function backup(state: State, more: Partial<KnownBackup> = {}): KnownBackup {
	return {
		kind: 'openshift backup',
		wallMs: wallMs(state) - 5 * hour,
		operator: 'ana@bastion-1',
		from: 'ip-10-0-159-225',
		files: ['/var/backups/ocp/snapshot_2026-11-23_031500.db'],
		isThere: true,
		...more,
	};
}

const hosts = ['ip-10-0-159-225', 'ip-10-0-191-37', 'ip-10-0-199-170'];
const connection = {kind: 'tunnel', security: 'mTLS', endpoints: []} as const;
const openshift: RestoreFacts = {
	isOpenShift: true,
	openshift: {release: '4.17.3', hosts},
	backup: {path: '/var/backups/ocp/snapshot_2026-11-23_031500.db', release: '4.17.3'},
	underWay: [],
};

test('everything is there', () => {
	const state = ocpState({connection, restore: openshift});
	expect(draw({...state, backups: [backup(state)]})).toMatchInlineSnapshot(`
		"
		── restore ── what it needs is there, as far as can be seen ────────────────────
		 ✓ a backup             5h00m old, from ip-10-0-159-225, by ana@bastion-1
		 ✓ its files here       /var/backups/ocp/snapshot_2026-11-23_031500.db
		 ✓ the same z-stream    4.17.3
		 ✓ the hosts            3: ip-10-0-159-225, ip-10-0-191-37 and ip-10-0-199-170
		 ? SSH to each of them  not tried from here; the runbook tries it before
		                        anything is stopped
		 ✓ the runbook          filled in from the API while that answers, else from
		                        the manifest beside the backup

		── begin ── in a terminal; it goes on when the API does not ────────────────────
		 $ etcdtop restore --from /var/backups/ocp/snapshot_2026-11-23_031500.db
		   --context ocp-west --ssh core@
		 With --print it is printed, to be read before it is needed. Nothing is
		 restored from this screen.
		"
	`);
});

test('a backup of another z-stream, an old one, and a runbook under way', () => {
	const state = ocpState({connection});
	const underWay = {
		clusterName: 'ocp-west',
		directory: '/var/backups/ocp',
		startedWallMs: wallMs(state) - hour,
		done: 7,
		steps: 24,
		next: 'Stop etcd on ip-10-0-191-37',
	};
	const restore = {...openshift, backup: {...openshift.backup!, release: '4.17.2'}, underWay: [underWay]};
	const old = backup(state, {wallMs: wallMs(state) - 30 * hour});
	expect(draw({...state, restore, backups: [old]}, 60, false)).toMatchInlineSnapshot(`
		"
		-- restore -- 2 of 6 are missing ---------------------------
		 X a backup             the newest is 1d06h old; everything
		                        since would be lost
		 + its files here       /var/backups/ocp/snapshot_2026-11-2
		                        3_031500.db
		 X the same z-stream    the backup is of 4.17.2, the
		                        cluster is 4.17.3: it can not be
		                        restored into it; b takes a new one
		 + the hosts            3: ip-10-0-159-225, ip-10-0-191-37
		                        and ip-10-0-199-170
		 ? SSH to each of them  not tried from here; the runbook
		                        tries it before anything is stopped
		 + the runbook          filled in from the API while that
		                        answers, else from the manifest
		                        beside the backup

		-- under way -- ocp-west -- 7 of 24 done -------------------
		 ~ next: Stop etcd on ip-10-0-191-37
		 $ etcdtop restore --resume --from /var/backups/ocp

		-- begin -- in a terminal; it goes on when the API does not
		 $ etcdtop restore --from
		   /var/backups/ocp/snapshot_2026-11-23_031500.db
		   --context ocp-west --ssh core@
		 With --print it is printed, to be read before it is
		 needed. Nothing is restored from this screen.
		"
	`);
});

test('a snapshot of etcd alone is none for OpenShift, and one that is gone is none at all', () => {
	const state = ocpState({connection, restore: {isOpenShift: true, underWay: []}});
	const told = (more: Partial<KnownBackup>) => draw({...state, backups: [backup(state, more)]}, 160);
	expect(told({kind: 'etcd snapshot'})).toContain('there are snapshots of etcd alone, from which OpenShift is not restored');
	expect(told({isThere: false})).toContain('none is known to this machine');
	expect(told({files: ['cp-1:/home/core/backup/snapshot_x.db']})).toContain('bring them to where the restore is done from');
});

test('plain etcd', () => {
	const state = prodState({restore: {isOpenShift: false, underWay: []}, backups: []});
	expect(draw(state)).toMatchInlineSnapshot(`
		"
		── restore ── 3 of 6 are missing ───────────────────────────────────────────────
		 ✗ a backup             none is known to this machine; b takes one
		 ✗ its files here       there is no backup
		 ? the same version     the backup does not tell what it was taken from
		 ✓ the hosts            3: etcd-0, etcd-1 and etcd-2
		 ? SSH to each of them  not tried from here; the runbook tries it before
		                        anything is stopped
		 ✗ the runbook          filled in from a backup and the cluster; b takes one,
		                        and writes it beside

		── begin ── in a terminal; it goes on when the API does not ────────────────────
		 $ etcdtop restore --from DIRECTORY --ssh root@
		 With --print it is printed, to be read before it is needed. Nothing is
		 restored from this screen.
		"
	`);
});

test('before anything is known', () => {
	expect(draw(prodState())).toContain('being looked up');
});
