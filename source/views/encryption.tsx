import type {ReactElement} from 'react';
import {progressBar} from '../components/gauge.ts';
import {blank, emptyLine, type Line, span} from '../components/line.ts';
import {Lines} from '../components/lines.tsx';
import {rule} from '../components/rule.ts';
import {type EncryptionChange, type EncryptionSeen, isUnderWay} from '../domain/encryption-known.ts';
import type {EncryptionStatus} from '../domain/encryption-status.ts';
import {ageText, durationText, timeCell, timeOfDay} from '../format.ts';
import {dimmed, type Style, type Symbols} from '../theme.ts';
import {keyLines, serverLines} from './encryption-tables.ts';
import {signedLines} from './signed-lines.ts';
import type {ViewProps} from './view.ts';

/** Encryption of etcd's values: what is configured, how far each API server is, and the keys. */
export function EncryptionView(props: ViewProps): ReactElement {
	const {columns, rows, theme} = props;
	return <Lines lines={encryptionLines(props)} columns={columns} rows={rows} theme={theme} />;
}

export function encryptionLines(props: ViewProps): readonly Line[] {
	const {state, columns, theme} = props;
	const {encryption} = state;
	if (encryption === undefined) {
		return [
			rule('encryption', [], columns, theme),
			...told(props, {symbol: 'waiting'}, 'The Kubernetes API is being asked how it is.'),
			...changeLines(props),
		];
	}
	if (encryption.kind === 'none') {
		return [rule('encryption', [], columns, theme), ...absentLines(props, encryption.why)];
	}
	return seenLines(props, encryption);
}

function absentLines(props: ViewProps, why: string): readonly Line[] {
	return [
		...told(props, {symbol: 'none'}, `Nothing is shown: ${why}.`),
		...told(
			props,
			{},
			'What is followed and changed here is the encryption that OpenShift looks after. Elsewhere each API server is started with a file that says how it encrypts (--encryption-provider-config); etcd knows nothing of it.',
		),
	];
}

function seenLines(props: ViewProps, seen: EncryptionSeen): readonly Line[] {
	const {state, screen, columns, theme} = props;
	const {at, old} = seen;
	const shown = old ?? seen;
	const asked = old === undefined ? `asked ${timeOfDay(at + state.wallOffsetMs)}` : `as it was ${ageText(state.now - old.at)}`;
	const figures = old === undefined ? props : {...props, theme: dimmed(theme)};
	const lines = [
		...troubleLines(props, seen),
		...serverLines(figures, shown.status),
		emptyLine,
		...progressLines(props, seen, shown.status),
		...changeLines(props),
		emptyLine,
		...keyLines(figures, {status: shown.status, at: shown.at}),
	];
	const title = rule('encryption', [`configured ${shown.status.type ?? 'is not known'}`, asked], columns, theme);
	const last = Math.max(0, lines.length - Math.max(1, props.rows - 1));
	return [title, ...lines.slice(Math.min(screen.scroll, last))];
}

/** What keeps this page from telling all, or from being true. */
function troubleLines(props: ViewProps, {sight, old}: EncryptionSeen): readonly Line[] {
	const {state, theme} = props;
	const {styles} = theme;
	const isFrozen = state.alarms.some(({alarm}) => alarm === 'NOSPACE');
	return [
		...(isFrozen
			? told(
					props,
					{symbol: 'alarm', style: styles.alarm},
					'NOSPACE: nothing can write what stands here; it is frozen, and no change is accepted.',
				)
			: []),
		...(old === undefined
			? []
			: told(
					props,
					{symbol: 'failed', style: styles.bad},
					`The API does not answer: ${silenceText(sight)}. What was under way goes on in the cluster.`,
				)),
		...(sight.config.kind === 'denied'
			? told(
					props,
					{symbol: 'warning', style: styles.warning},
					`What is configured can not be seen: you may not ${sight.config.permission}.`,
				)
			: []),
	];
}

function silenceText({config, servers}: EncryptionSeen['sight']): string {
	const silent = [config, ...Object.values(servers)].find((one) => one.kind === 'silent');
	return silent?.kind === 'silent' ? silent.why : '';
}

const barCells = 40;
/** What stands behind the bar, and the blanks around it. */
const besideBarCells = 36;

/** ` ████████░░░░  3 of 5 resources   6:12 so far` and what that means, or the state in one sentence. */
function progressLines(props: ViewProps, {since}: EncryptionSeen, status: EncryptionStatus): readonly Line[] {
	const {state, theme} = props;
	const {done, total, verdict} = status;
	if (!isUnderWay(verdict)) {
		const [symbol, style, text] = verdictOf(status, props);
		return told(props, {symbol, style}, text);
	}
	const elapsed = since === undefined ? '' : `   ${durationText(state.now - since)} so far`;
	const bar = progressBar(total === 0 ? 0 : done / total, Math.max(8, Math.min(barCells, props.columns - besideBarCells)), theme);
	return [
		[blank(1), ...bar, span(`  ${done} of ${total} resources${elapsed}`)],
		...told(props, {symbol: 'working', style: theme.styles.working}, goingText(status)),
	];
}

function goingText({verdict, type}: EncryptionStatus): string {
	switch (verdict) {
		case 'decrypting':
			return 'decrypting, which takes 20 minutes or longer; no backup until then: it would be partially encrypted';
		case 'rotating':
			return 'a new key: everything is encrypted, and written anew with it';
		case 'waiting':
			return `${type} is configured and waits to be taken up`;
		default:
			return 'encrypting, which takes 20 minutes or longer; no backup until then: it would be partially encrypted';
	}
}

function verdictOf(
	{verdict, type, servers}: EncryptionStatus,
	{theme: {styles}}: ViewProps,
): readonly [symbol: keyof Symbols, style: Style, text: string] {
	const isRollout = servers.some(({stale}) => stale !== undefined);
	switch (verdict) {
		case 'encrypted':
			return isRollout
				? ['waiting', '', `encrypted with ${type}, as far as conditions tell that may be old.`]
				: [
						'done',
						styles.good,
						`Everything that is to be is encrypted with ${type}. A restore takes the keys: static_kuberesources has them.`,
					];
		case 'decrypted':
		case 'not encrypted':
			return [
				'none',
				'',
				'Nothing is encrypted: Secrets and tokens are plain text in the files of every member, and in backups.',
			];
		default:
			return ['unknown', styles.unknown, 'Not everything can be seen, so nothing is said of the whole.'];
	}
}

function changeLines(props: ViewProps): readonly Line[] {
	const {state, theme} = props;
	const {encryptionChange: change} = state;
	if (change === undefined) {
		return [];
	}
	const {styles} = theme;
	const what = `${change.type} asked for at ${timeCell(change.startedAt + state.wallOffsetMs, state.now + state.wallOffsetMs)}`;
	const {phase} = change;
	const signs: Record<EncryptionChange['phase']['kind'], readonly [keyof Symbols, Style, string]> = {
		asking: ['waiting', '', `${what}: waiting for the API`],
		done: ['done', styles.good, `${what} by ${change.operator}: the cluster carries it out by itself, also when you leave`],
		refused: ['failed', styles.bad, `${what}: ${'reason' in phase ? phase.reason : ''}`],
		unknown: [
			'unknown',
			styles.unknown,
			`${what}: ${'reason' in phase ? phase.reason : ''}. It may have arrived: what is configured will tell.`,
		],
	};
	const [symbol, style, text] = signs[phase.kind];
	return told(props, {symbol, style}, text);
}

type Sign = Parameters<typeof signedLines>[1];

function told({columns, theme}: Pick<ViewProps, 'columns' | 'theme'>, sign: Sign, text: string): readonly Line[] {
	return signedLines(text, sign, columns, theme);
}
