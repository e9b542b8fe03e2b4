import type {Terminal} from '@xterm/headless';

/** The visible screen: one line per row without trailing blanks, no blank lines at the end. */
export function screenText(emulator: Terminal): string {
	const buffer = emulator.buffer.active;
	const lines: string[] = [];
	for (let row = 0; row < emulator.rows; row++) {
		lines.push(buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '');
	}

	return lines.join('\n').trimEnd();
}
