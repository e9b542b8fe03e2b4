import {expect, test} from 'vitest';
import {openBackupChoice} from '../../source/backup-dialog-state.ts';
import {createTheme} from '../../source/theme.ts';
import {backupDialog} from '../../source/views/backup-dialog.ts';
import {encrypted, seen, underWay} from '../helpers/sample-encryption.ts';
import {prodState} from '../helpers/sample-state.ts';

test('a snapshot during an encryption migration is said to be partially encrypted before it is begun', () => {
	const theme = createTheme({unicode: true, color: false});
	const textOf = (encryption: ReturnType<typeof seen>): string =>
		backupDialog(
			prodState({encryption, backupPlan: {sources: [], directory: '/b'}}),
			openBackupChoice(0),
			{columns: 80, rows: 24},
			theme,
		)
			.rows.map(({line}) => line.map(({text}) => text).join(''))
			.join(' ')
			.replaceAll(/ +/g, ' ');
	expect(textOf(seen(underWay))).toContain('it will be PARTIALLY ENCRYPTED');
	expect(textOf(seen(encrypted))).not.toContain('PARTIALLY');
});
