/**
 * The keys in one `useInput` input. A slow link hands over what was typed in one piece, and so does a paste in a terminal
 * that doesn't mark pastes: the two can't be told apart, so nothing that changes a cluster may be confirmed by an input of
 * more than one key.
 */
export function splitKeys(input: string): string[] {
	return [...input];
}
