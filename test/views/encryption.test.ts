import {describe, expect, test} from 'vitest';
import {openConfirmation} from '../../source/confirmation-state.ts';
import type {EncryptionSight} from '../../source/domain/encryption.ts';
import type {State} from '../../source/engine/state.ts';
import {displayWidth} from '../../source/format.ts';
import {initialScreen, type Overlay} from '../../source/screen-state.ts';
import {createTheme} from '../../source/theme.ts';
import {overlayLines} from '../../source/views/dialogs.ts';
import {encryptionLines} from '../../source/views/encryption.tsx';
import {encrypted, plain, plansOf, seen, sightOf, silent, underWay} from '../helpers/sample-encryption.ts';
import {now, ocpState, prodState, screen} from '../helpers/sample-state.ts';
import {frame} from './picture.tsx';

function textOf(lines: ReturnType<typeof encryptionLines>): string {
	const rows = lines.map((line) =>
		line
			.map(({text}) => text)
			.join('')
			.trimEnd(),
	);
	return `\n${rows.join('\n')}\n`;
}

function draw(state: Partial<State>, columns = 80, unicode = true): string {
	const theme = createTheme({unicode, color: false});
	return textOf(encryptionLines({state: prodState({alerts: [], ...state}), screen, columns, rows: 30, theme}));
}

describe('under way', () => {
	test('at 80 columns', () => {
		expect(draw({encryption: seen(underWay)})).toMatchInlineSnapshot(`
			"
			── encryption ── configured aescbc ── asked 14:32:06 ───────────────────────────
			  API SERVER  STATE            WRITTEN  CONDITION
			  OpenShift   ✓ encrypted       1 of 1  EncryptionCompleted
			              └ routes
			  Kubernetes  ◆ encrypting      1 of 2  EncryptionInProgress
			              └ being written anew: secrets
			  OAuth       ◆ encrypting      0 of 2  EncryptionDisabled
			              └ the condition may be old: revisions are converging: 2 nodes are
			                at revision 7; 1 node is at revision 8

			 ████████████████░░░░░░░░░░░░░░░░░░░░░░░░  2 of 5 resources   6:02 so far
			 ◆ encrypting, which takes 20 minutes or longer; no backup until then: it would
			   be partially encrypted

			── keys ── the newest of each; a new one a week after everything was written ───
			  API SERVER  KEY  TYPE      MADE      WRITTEN   NEXT KEY
			  OpenShift     1  aescbc    14:26:06  14:29:06  in 6d23h
			  Kubernetes    1  aescbc    14:26:06  –         –
			  OAuth         1  aescbc    14:26:06  –         –
			"
		`);
	});

	test('at 120 columns, with the messages', () => {
		expect(draw({encryption: seen(underWay)}, 120)).toMatchInlineSnapshot(`
			"
			── encryption ── configured aescbc ── asked 14:32:06 ───────────────────────────────────────────────────────────────────
			  API SERVER  STATE            WRITTEN  CONDITION             MESSAGE
			  OpenShift   ✓ encrypted       1 of 1  EncryptionCompleted   All resources encrypted: routes.route.openshift.io
			  Kubernetes  ◆ encrypting      1 of 2  EncryptionInProgress  Resource secrets is being encrypted
			              └ being written anew: secrets
			  OAuth       ◆ encrypting      0 of 2  EncryptionDisabled    Encryption is not enabled
			              └ the condition may be old: revisions are converging: 2 nodes are at revision 7; 1 node is at revision 8

			 ████████████████░░░░░░░░░░░░░░░░░░░░░░░░  2 of 5 resources   6:02 so far
			 ◆ encrypting, which takes 20 minutes or longer; no backup until then: it would be partially encrypted

			── keys ── the newest of each; a new one a week after everything was written ───────────────────────────────────────────
			  API SERVER  KEY  TYPE      MADE      WRITTEN   NEXT KEY
			  OpenShift     1  aescbc    14:26:06  14:29:06  in 6d23h
			  Kubernetes    1  aescbc    14:26:06  –         –
			  OAuth         1  aescbc    14:26:06  –         –
			"
		`);
	});

	test('in ASCII, asked for here', () => {
		const encryptionChange = {
			operator: 'ana@bastion-1',
			type: 'aescbc',
			startedAt: now - 400_000,
			phase: {kind: 'done', at: now - 399_000},
		} as const;
		expect(draw({encryption: seen(underWay), encryptionChange}, 80, false)).toMatchInlineSnapshot(`
			"
			-- encryption -- configured aescbc -- asked 14:32:06 ---------------------------
			  API SERVER  STATE            WRITTEN  CONDITION
			  OpenShift   + encrypted       1 of 1  EncryptionCompleted
			              \` routes
			  Kubernetes  ~ encrypting      1 of 2  EncryptionInProgress
			              \` being written anew: secrets
			  OAuth       ~ encrypting      0 of 2  EncryptionDisabled
			              \` the condition may be old: revisions are converging: 2 nodes are
			                at revision 7; 1 node is at revision 8

			 ################------------------------  2 of 5 resources   6:02 so far
			 ~ encrypting, which takes 20 minutes or longer; no backup until then: it would
			   be partially encrypted
			 + aescbc asked for at 14:25:28 by ana@bastion-1: the cluster carries it out by
			   itself, also when you leave

			-- keys -- the newest of each; a new one a week after everything was written ---
			  API SERVER  KEY  TYPE      MADE      WRITTEN   NEXT KEY
			  OpenShift     1  aescbc    14:26:06  14:29:06  in 6d23h
			  Kubernetes    1  aescbc    14:26:06  -         -
			  OAuth         1  aescbc    14:26:06  -         -
			"
		`);
	});

	test('while the API is silent: as it was, with its age', () => {
		expect(draw({encryption: seen(silent, underWay)})).toMatchInlineSnapshot(`
			"
			── encryption ── configured aescbc ── as it was 32 s ago ───────────────────────
			 ✗ The API does not answer: no answer within 5.0 s. What was under way goes on
			   in the cluster.
			  API SERVER  STATE            WRITTEN  CONDITION
			  OpenShift   ✓ encrypted       1 of 1  EncryptionCompleted
			              └ routes
			  Kubernetes  ◆ encrypting      1 of 2  EncryptionInProgress
			              └ being written anew: secrets
			  OAuth       ◆ encrypting      0 of 2  EncryptionDisabled
			              └ the condition may be old: revisions are converging: 2 nodes are
			                at revision 7; 1 node is at revision 8

			 ████████████████░░░░░░░░░░░░░░░░░░░░░░░░  2 of 5 resources   6:32 so far
			 ◆ encrypting, which takes 20 minutes or longer; no backup until then: it would
			   be partially encrypted

			── keys ── the newest of each; a new one a week after everything was written ───
			  API SERVER  KEY  TYPE      MADE      WRITTEN   NEXT KEY
			  OpenShift     1  aescbc    14:25:36  14:28:36  in 6d23h
			  Kubernetes    1  aescbc    14:25:36  –         –
			  OAuth         1  aescbc    14:25:36  –         –
			"
		`);
	});
});

describe('at rest', () => {
	test('encrypted', () => {
		expect(draw({encryption: seen(encrypted)})).toMatchInlineSnapshot(`
			"
			── encryption ── configured aescbc ── asked 14:32:06 ───────────────────────────
			  API SERVER  STATE            WRITTEN  CONDITION
			  OpenShift   ✓ encrypted       1 of 1  EncryptionCompleted
			              └ routes
			  Kubernetes  ✓ encrypted       2 of 2  EncryptionCompleted
			              └ configmaps, secrets
			  OAuth       ✓ encrypted       2 of 2  EncryptionCompleted
			              └ oauthaccesstokens, oauthauthorizetokens

			 ✓ Everything that is to be is encrypted with aescbc. A restore takes the keys:
			   static_kuberesources has them.

			── keys ── the newest of each; a new one a week after everything was written ───
			  API SERVER  KEY  TYPE      MADE      WRITTEN   NEXT KEY
			  OpenShift     1  aescbc    Nov 22    01:32:06  in 6d10h
			  Kubernetes    1  aescbc    Nov 22    01:32:06  in 6d10h
			  OAuth         1  aescbc    Nov 22    01:32:06  in 6d10h
			"
		`);
	});

	test('plain text', () => {
		expect(draw({encryption: seen(plain)})).toMatchInlineSnapshot(`
			"
			── encryption ── configured identity ── asked 14:32:06 ─────────────────────────
			  API SERVER  STATE            WRITTEN  CONDITION
			  OpenShift   – not encrypted        –  EncryptionDisabled
			  Kubernetes  – not encrypted        –  EncryptionDisabled
			  OAuth       – not encrypted        –  EncryptionDisabled

			 – Nothing is encrypted: Secrets and tokens are plain text in the files of
			   every member, and in backups.

			── keys ── none was ever made ──────────────────────────────────────────────────
			"
		`);
	});

	test('on another cluster it says so', () => {
		expect(draw({encryption: {kind: 'none', why: 'this cluster is no OpenShift'}})).toMatchInlineSnapshot(`
			"
			── encryption ──────────────────────────────────────────────────────────────────
			 – Nothing is shown: this cluster is no OpenShift.
			   What is followed and changed here is the encryption that OpenShift looks
			   after. Elsewhere each API server is started with a file that says how it
			   encrypts (--encryption-provider-config); etcd knows nothing of it.
			"
		`);
	});

	test('before the first answer', () => {
		expect(draw({})).toMatchInlineSnapshot(`
			"
			── encryption ──────────────────────────────────────────────────────────────────
			 ◌ The Kubernetes API is being asked how it is.
			"
		`);
	});
});

test('under NOSPACE, without the permission for keys, and with a controller that fails', () => {
	const sight: EncryptionSight = {
		...sightOf('aescbc', [
			{reason: 'EncryptionCompleted'},
			{
				reason: 'EncryptionCompleted',
				more: {failing: ['EncryptionKeyController: failed to create key: etcdserver: mvcc: database space exceeded']},
			},
			{reason: 'EncryptionCompleted'},
		]),
		keys: {kind: 'denied', permission: 'list secrets in openshift-config-managed'},
	};
	const {alarms} = ocpState();
	expect(draw({encryption: seen(sight), alarms})).toMatchInlineSnapshot(`
		"
		── encryption ── configured aescbc ── asked 14:32:06 ───────────────────────────
		 ■ NOSPACE: nothing can write what stands here; it is frozen, and no change is
		   accepted.
		  API SERVER  STATE            WRITTEN  CONDITION
		  OpenShift   ✓ encrypted       1 of 1  EncryptionCompleted
		              └ routes
		  Kubernetes  ✓ encrypted       2 of 2  EncryptionCompleted
		              └ EncryptionKeyController: failed to create key: etcdserver:
		                mvcc: database space exceeded
		              └ configmaps, secrets
		  OAuth       ✓ encrypted       2 of 2  EncryptionCompleted
		              └ oauthaccesstokens, oauthauthorizetokens

		 ✓ Everything that is to be is encrypted with aescbc. A restore takes the keys:
		   static_kuberesources has them.

		── keys ── the newest of each ──────────────────────────────────────────────────
		 ▲ Keys and their dates can not be seen: you may not list secrets in
		   openshift-config-managed. What stands above goes by the conditions alone.
		"
	`);
});

test('a change whose outcome nobody knows', () => {
	const encryptionChange = {
		operator: 'ana@bastion-1',
		type: 'aesgcm',
		startedAt: now - 8000,
		phase: {kind: 'unknown', at: now, reason: 'APIServer cluster: no answer from the Kubernetes API within 5.0 s'},
	} as const;
	expect(
		draw({encryption: seen(silent, encrypted), encryptionChange})
			.split('\n')
			.slice(1, 4)
			.join('\n'),
	).toMatchInlineSnapshot(`
		"── encryption ── configured aescbc ── as it was 32 s ago ───────────────────────
		 ✗ The API does not answer: no answer within 5.0 s. What was under way goes on
		   in the cluster."
	`);
	expect(draw({encryption: seen(silent, encrypted), encryptionChange})).toContain('It may have arrived');
});

describe('at every size', () => {
	const failing = [`EncryptionKeyController: ${'数据库'.repeat(60)}`];
	const hostile = sightOf('aescbc', [
		{reason: '数据库'.repeat(20), mode: '🇩🇪'.repeat(9)},
		{reason: 'x'.repeat(300), mode: 'aescbc', more: {failing, migrating: ['y'.repeat(300)]}},
		{reason: 'EncryptionCompleted', more: {converging: '库 '.repeat(100)}},
	]);

	test.each([60, 80, 120, 200])('%i columns hold every line, whatever it says', (columns) => {
		for (const encryption of [seen(underWay), seen(hostile), seen(silent, underWay)]) {
			for (const unicode of [true, false]) {
				const lines = frame(prodState({encryption}), columns, 24, {unicode, screen: {view: 'encryption'}}).split('\n');
				expect(lines.length).toBe(22);
				expect(Math.max(...lines.map((line) => displayWidth(line)))).toBeLessThanOrEqual(columns);
			}
		}
	});

	test('on the smallest screen the end can be reached', () => {
		const state = prodState({encryption: seen(underWay)});
		const drawn = (scroll: number) => frame(state, 60, 15, {screen: {view: 'encryption', scroll}});
		expect(drawn(0)).toContain('OpenShift');
		expect(drawn(0)).not.toContain('NEXT KEY');
		expect(drawn(23)).toContain('NEXT KEY');
	});
});

describe('the dialogs', () => {
	const dialog = (overlay: Overlay, state: Partial<State>, columns = 80, rows = 21) => {
		const theme = createTheme({unicode: true, color: false});
		return textOf(overlayLines({overlay, state: prodState(state), screen: initialScreen, room: {columns, rows}, theme}));
	};

	test('which type', () => {
		const overlay: Overlay = {kind: 'encrypt', seen: true, focus: 'cancel'};
		expect(dialog(overlay, {encryptionPlan: plansOf(plain)})).toMatchInlineSnapshot(`
			"
			┌ Encrypt etcd's values ──────────────────────────────────────────── prod-eu-1 ┐
			│  aescbc: AES-CBC with PKCS#7 padding and a key of 32 bytes; what OpenShift   │
			│  documents first.                                                            │
			│  aesgcm: AES-GCM, which is faster and wants its keys renewed, as OpenShift   │
			│  does every week.                                                            │
			│  ▲ Keys are made, and new ones every week. A backup can not be restored      │
			│  without them: they are in static_kuberesources, which belongs somewhere     │
			│  else than the snapshot.                                                     │
			│  ▲ It takes 20 minutes or longer: each API server rolls out new revisions,   │
			│  then writes everything anew.                                                │
			│                                                                              │
			│         > [ Cancel ]        [ aescbc ]        [ aesgcm ]                     │
			└──────────────────────────────────────────────────────────────────────────────┘
			"
		`);
	});

	test('exactly what will be patched, and what it means', () => {
		const confirmation = openConfirmation('encrypt', now);
		const overlay: Overlay = {kind: 'confirm', subject: {kind: 'encryption', type: 'aescbc'}, seen: true, confirmation};
		expect(dialog(overlay, {encryptionPlan: plansOf(plain)})).toMatchInlineSnapshot(`
			"
			┌ Encrypt etcd's values with aescbc? ─────────────────────────────── prod-eu-1 ┐
			│  Keys are made, and new ones every week. A backup can not be restored        │
			│  without them: they are in static_kuberesources, which belongs somewhere     │
			│  else than the snapshot.                                                     │
			│  It takes 20 minutes or longer: each API server rolls out new revisions,     │
			│  then writes everything anew.                                                │
			│  Until then no backup (it would be partially encrypted), and no              │
			│  defragmentation: every value is written anew, so files grow.                │
			│  It goes on in the cluster by itself; what is under way has to end before it │
			│  can be turned round.                                                        │
			│  Encrypted are the values of routes, configmaps, secrets, oauthaccesstokens  │
			│  and oauthauthorizetokens, with aescbc. Names, namespaces and types stay     │
			│  readable.                                                                   │
			│  merge patch of APIServer config.openshift.io/cluster:                       │
			│  {"metadata": {"resourceVersion": "48213"}, "spec": {"encryption": {"type":  │
			│  "aescbc"}}}                                                                 │
			│                                                                              │
			│  Type the word  encrypt  :  _______     0 of 7, key by key                   │
			│         > [ Cancel ]              [ Patch ]  opens when the word is complete │
			│  Enter does what has the >      Tab other button   Esc cancel                │
			└──────────────────────────────────────────────────────────────────────────────┘
			"
		`);
	});

	test('back to plain text, on the smallest screen', () => {
		const confirmation = openConfirmation('decrypt', now);
		const overlay: Overlay = {kind: 'confirm', subject: {kind: 'encryption', type: 'identity'}, seen: true, confirmation};
		expect(dialog(overlay, {encryptionPlan: plansOf(encrypted)}, 60, 12)).toMatchInlineSnapshot(`
			"
			┌ Decrypt etcd's values? ─────────────────────── prod-eu-1 ┐
			│  Secrets and tokens are plain text again, in the files   │
			│  of every member and in every backup from then on.       │
			│  It takes 20 minutes or longer: each API server rolls…   │
			│  merge patch of APIServer config.openshift.io/cluster:   │
			│  {"metadata": {"resourceVersion": "48213"}, "spec":      │
			│  {"encryption": {"type": "identity"}}}                   │
			│  Type the word  decrypt  :  _______                      │
			│  0 of 7, key by key                                      │
			│  > [ Cancel ]              [ Patch ]                     │
			│  Enter the one with >   Tab other button   Esc cancel    │
			└──────────────────────────────────────────────────────────┘
			"
		`);
	});
});
