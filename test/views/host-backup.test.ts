import {describe, expect, it} from 'vitest';
import type {HostBackup, HostBackupPhase, HostBackupPlan} from '../../source/domain/host-backup-run.ts';
import {initialScreen, type Overlay} from '../../source/screen-state.ts';
import {createTheme} from '../../source/theme.ts';
import {backupLine} from '../../source/views/backup-line.ts';
import {overlayLines} from '../../source/views/dialogs.ts';
import {hostBackupLines} from '../../source/views/host-backup-section.ts';
import {prodState} from '../helpers/sample-state.ts';

const theme = createTheme({unicode: true, color: false});
const text = (lines: readonly (readonly {readonly text: string}[])[]) =>
	`\n${lines.map((line) => line.map((part) => part.text).join('')).join('\n')}\n`;

const gate = (title: string, detail: string, state: 'passed' | 'failed' | 'acknowledge' = 'passed') => ({
	id: title,
	title,
	state,
	detail,
});
const plan: HostBackupPlan = {
	request: {hostDirectory: '/home/core/assets/backup', directory: '/root/etcd-backups'},
	gates: [
		gate('a debug pod may be made and used', 'allowed'),
		gate('one host: healthy, Ready, not leading', 'master-2'),
		gate('no rollout of kube-controller-manager', 'not Progressing'),
		gate('no encryption migration under way', 'kubeapiservers migrates: the backup will be partially encrypted', 'acknowledge'),
	],
	choice: {kind: 'chosen', node: 'master-2', member: {id: 'b', name: 'master-2', role: 'follower', state: 'healthy'}},
	word: 'partial',
	isMigrating: true,
	holdsKeys: true,
	leftovers: [
		{what: 'pod etcdtop-backup-4f2a91', node: 'master-1', operator: 'bob@bastion-2', isRunning: false, command: 'oc delete'},
	],
};

const draw = (overlay: Overlay, shown: HostBackupPlan | undefined, rows = 21) =>
	text(
		overlayLines({
			overlay,
			state: prodState(shown && {hostBackupPlan: shown}),
			screen: initialScreen,
			room: {columns: 80, rows},
			theme,
		}),
	);

const backup = (phase: HostBackupPhase, more: Partial<HostBackup> = {}): HostBackup => ({
	operator: 'ana@bastion-1',
	request: plan.request,
	node: 'master-2',
	from: {memberId: 'b', name: 'master-2'},
	isPartial: false,
	holdsKeys: false,
	startedAt: 0,
	lines: [],
	warnings: [],
	phase,
	...more,
});
const section = (phase: HostBackupPhase, more?: Partial<HostBackup>) =>
	text(hostBackupLines(backup(phase, more), 62_000, 80, theme));

describe('the plan', () => {
	const overlay: Overlay = {kind: 'host backup', seen: true};

	it('with a migration under way and a pod that was left', () => {
		expect(draw(overlay, plan)).toMatchInlineSnapshot(`
			"
			┌ Back up on a host: the plan ────────────────────────────────────── prod-eu-1 ┐
			│  A privileged debug pod on master-2 runs cluster-backup.sh; both files come  │
			│  to /root/etcd-backups, and nothing stays on the host.                       │
			│  The backup will be PARTIALLY ENCRYPTED, and is labelled so: some resources  │
			│  in it are encrypted and some are not.                                       │
			│  static_kuberesources holds the encryption keys: it is needed to restore,    │
			│  and belongs somewhere else than the snapshot.                               │
			│                                                                              │
			│  GATES                                           asked again when it begins  │
			│  ✓ a debug pod may be made and used         allowed                          │
			│  ✓ one host: healthy, Ready, not leading    master-2                         │
			│  ✓ no rollout of kube-controller-manager    not Progressing                  │
			│  ▲ no encryption migration under way: kubeapiservers migrates: the backup    │
			│    will be partially encrypted                                               │
			│  ▲ pod etcdtop-backup-4f2a91, on master-1, by bob@bastion-2: left behind,    │
			│    ended                                                                     │
			│  Esc cancel   k archive apart   r remove what was left   Enter go on         │
			└──────────────────────────────────────────────────────────────────────────────┘
			"
		`);
	});

	it('refused, and while nobody has answered', () => {
		const refused = {
			...plan,
			gates: [gate('no rollout of etcd', 'Progressing', 'failed')],
			leftovers: [],
			refusal: 'no rollout of etcd: Progressing',
		};
		expect(draw(overlay, refused)).toMatchInlineSnapshot(`
			"
			┌ Back up on a host: the plan ────────────────────────────────────── prod-eu-1 ┐
			│  A privileged debug pod on master-2 runs cluster-backup.sh; both files come  │
			│  to /root/etcd-backups, and nothing stays on the host.                       │
			│  The backup will be PARTIALLY ENCRYPTED, and is labelled so: some resources  │
			│  in it are encrypted and some are not.                                       │
			│  static_kuberesources holds the encryption keys: it is needed to restore,    │
			│  and belongs somewhere else than the snapshot.                               │
			│                                                                              │
			│  GATES                                           asked again when it begins  │
			│  ✗ no rollout of etcd                       Progressing                      │
			│  Esc cancel   k archive apart                                                │
			└──────────────────────────────────────────────────────────────────────────────┘
			"
		`);
		expect(draw(overlay, undefined)).toMatchInlineSnapshot(`
			"
			┌ Back up on a host: the plan ────────────────────────────────────── prod-eu-1 ┐
			│  ◌ asking the Kubernetes API                                                 │
			│  Esc cancel                                                                  │
			└──────────────────────────────────────────────────────────────────────────────┘
			"
		`);
	});

	it('keeps what holds it on the smallest screen', () => {
		const small = draw(
			overlay,
			{
				...plan,
				gates: [...plan.gates, gate('no rollout of etcd', 'Progressing', 'failed')],
				refusal: 'no rollout of etcd: Progressing',
			},
			12,
		);
		expect(small).toContain('✗ no rollout of etcd');
		expect(small).toContain('Esc cancel');
	});
});

describe('under way', () => {
	it('the script, with what it says', () => {
		const running = section(
			{kind: 'running', since: 20_000},
			{lines: ['found latest etcd: /etc/kubernetes/static-pod-resources/etcd-pod-7']},
		);
		expect(running).toMatchInlineSnapshot(`
			"
			── backup ── on the host master-2 ── ana@bastion-1 ─────────────────────────────
			 ◆ master-2 running         cluster-backup.sh, 0:42
			            found latest etcd: /etc/kubernetes/static-pod-resources/etcd-pod-7
			"
		`);
	});

	it('the way here, on after a lost connection', () => {
		const bringing = {
			kind: 'bringing',
			since: 0,
			name: 'snapshot.db',
			receivedBytes: 2 ** 30,
			totalBytes: 2 ** 32,
			resumed: 1,
		} as const;
		expect(section(bringing)).toMatchInlineSnapshot(`
			"
			── backup ── on the host master-2 ── ana@bastion-1 ─────────────────────────────
			 ◆ master-2 receiving       1.00 GiB of 4.00 GiB, on after 1 lost connection
			            ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  25%
			"
		`);
		const line = backupLine(prodState({hostBackup: backup(bringing)}), 80, theme);
		expect(text([line!]).trimEnd()).toBe('\n ◆ backup   receiving       1.00 GiB of 4.00 GiB, on after 1 lost connection');
	});
});

describe('over', () => {
	it('done, partially encrypted, with a warning', () => {
		const file = (role: 'snapshot' | 'static_kuberesources', place: string) => ({
			role,
			name: 'x',
			bytes: 4096,
			sha256: 'ab'.repeat(32),
			place,
		});
		const done = {
			kind: 'done',
			at: 95_000,
			files: [file('snapshot', '/b/snapshot_1.db'), file('static_kuberesources', '/keys/static_kuberesources_1.tar.gz')],
			snapshot: {revision: '42', totalKeys: 7, hash: 'cafe'},
		} as const;
		expect(
			section(done, {isPartial: true, warnings: ['the debug pod may still be there: oc delete pod x']}),
		).toMatchInlineSnapshot(`
			"
			── backup ── on the host master-2 ── ana@bastion-1 ─────────────────────────────
			 ▲ master-2 done, verified  4.00 KiB, revision 42, in 1:35
			            /b/snapshot_1.db, 4.00 KiB
			            SHA-256
			            abababababababababababababababababababababababababababababababab
			            /keys/static_kuberesources_1.tar.gz, 4.00 KiB
			            SHA-256
			            abababababababababababababababababababababababababababababababab
			            ▲ PARTIALLY ENCRYPTED: a migration of the encryption was under way
			            ▲ the debug pod may still be there: oc delete pod x
			"
		`);
	});

	it('failed, with what is left on the host', () => {
		const failed = {
			kind: 'failed',
			at: 95_000,
			reason: 'reading from the host: the connection was lost (1006) before it ended',
			nextStep: 'Check your network and VPN.',
			left: ['master-2:/home/core/a/snapshot_1.db', 'master-2:/home/core/a/static_kuberesources_1.tar.gz'],
		} as const;
		expect(section(failed)).toMatchInlineSnapshot(`
			"
			── backup ── on the host master-2 ── ana@bastion-1 ─────────────────────────────
			 ✗ master-2 failed          reading from the host: the connection was lost
			                            (1006) before it ended
			            Check your network and VPN.
			            whole on the host: master-2:/home/core/a/snapshot_1.db and
			            master-2:/home/core/a/static_kuberesources_1.tar.gz
			"
		`);
	});
});
