/** 0 no SGR at all, 1 the 16 ANSI colours, 2 the 256 colours, 3 any colour. */
export type ColorLevel = 0 | 1 | 2 | 3;

/** The `--color` option. */
export type ColorFlag = 'auto' | 'always' | 'never';

type Environment = Readonly<Record<string, string | undefined>>;

/** How much colour to use. The flag overrules NO_COLOR, which overrules what TERM and COLORTERM promise. Level 0 also drops bold, dim and inverse. */
export function colorLevel({flag, env, isTty}: {flag: ColorFlag; env: Environment; isTty: boolean}): ColorLevel {
	if (flag === 'never') {
		return 0;
	}

	if (flag === 'auto' && (env['NO_COLOR'] || env['TERM'] === 'dumb' || !isTty)) {
		return 0;
	}

	if (/^(truecolor|24bit)$/i.test(env['COLORTERM'] ?? '')) {
		return 3;
	}

	return /256/.test(env['TERM'] ?? '') ? 2 : 1;
}

/** Whether the terminal can be sent more than ASCII: by the locale's character set, unless the Linux console or a dumb terminal is named. */
export function usesUtf8(env: Environment, forceAscii = false): boolean {
	if (forceAscii || env['TERM'] === 'linux' || env['TERM'] === 'dumb') {
		return false;
	}

	const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
	return /utf-?8/i.test(locale);
}
