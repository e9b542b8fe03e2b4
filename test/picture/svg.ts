/** What a terminal shows after these bytes, as an SVG: one text element for each run of cells of one style. */
import xterm from '@xterm/headless';

const cellWidth = 8.4;
const lineHeight = 18;
const margin = 12;
const foreground = '#d7dae0';
const background = '#16181d';
const palette = ['#6b7280', '#e05561', '#8cc265', '#d18f52', '#4aa5f0', '#c162de', '#42b3c2', '#d7dae0'];

type Style = {readonly color: string; readonly inverse: boolean; readonly bold: boolean; readonly dim: boolean};

export async function svgOf(bytes: string, columns: number, rows: number): Promise<string> {
	const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true});
	await new Promise<void>((resolve) => terminal.write(bytes, resolve));
	const width = columns * cellWidth + 2 * margin;
	const height = rows * lineHeight + 2 * margin;
	const lines = Array.from({length: rows}, (_, row) => lineOf(terminal, row, columns)).join('');
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
		`<rect width="100%" height="100%" rx="8" fill="${background}"/>`,
		`<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">${lines}</g>`,
		'</svg>\n',
	].join('\n');
}

function lineOf(terminal: InstanceType<typeof xterm.Terminal>, row: number, columns: number): string {
	const line = terminal.buffer.active.getLine(row);
	let markup = '';
	let run: {from: number; text: string; key: string; style: Style} | undefined;
	for (let column = 0; column <= columns; column++) {
		const cell = column < columns ? line?.getCell(column) : undefined;
		const style: Style = {
			color: cell?.isFgPalette() ? (palette[cell.getFgColor() % 8] ?? foreground) : foreground,
			inverse: (cell?.isInverse() ?? 0) !== 0,
			bold: (cell?.isBold() ?? 0) !== 0,
			dim: (cell?.isDim() ?? 0) !== 0,
		};
		const key = JSON.stringify(style);
		if (run !== undefined && (cell === undefined || key !== run.key)) {
			markup += textOf(run.text, run.from, row, run.style);
			run = undefined;
		}
		if (cell !== undefined) {
			run ??= {from: column, text: '', key, style};
			run.text += cell.getChars() || ' ';
		}
	}
	return markup;
}

function textOf(text: string, from: number, row: number, {color, inverse, bold, dim}: Style): string {
	if (text.trim() === '' && !inverse) {
		return '';
	}
	const x = margin + from * cellWidth;
	const y = margin + row * lineHeight;
	const length = [...text].length * cellWidth;
	const box = inverse ? `<rect x="${x}" y="${y}" width="${length}" height="${lineHeight}" fill="${color}"/>` : '';
	const weight = bold ? ' font-weight="bold"' : '';
	const opacity = dim ? ' opacity="0.55"' : '';
	const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
	return `${box}<text x="${x}" y="${y + 13}" textLength="${length}" lengthAdjust="spacingAndGlyphs" fill="${inverse ? background : color}"${weight}${opacity}>${escaped}</text>`;
}
