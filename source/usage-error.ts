/** What the user typed can't be done as typed: told in one or two lines on stderr, exit code 2, never with a stack. */
export class UsageError extends Error {
	override readonly name = 'UsageError';
}
