/** OpenShift's releases, as far as a restore depends on them. */

export type Release = {readonly major: number; readonly minor: number; readonly patch: number; readonly text: string};

/** `4.17.3`, `4.18.0-rc.2`; undefined for what names no z-stream, such as `4.17`. */
export function parseRelease(text: string): Release | undefined {
	const trimmed = text.trim();
	const [, major, minor, patch] = /^(\d{1,4})\.(\d{1,4})\.(\d{1,6})(?:[-+][0-9A-Za-z.+-]{1,60})?$/.exec(trimmed) ?? [];
	return major === undefined ? undefined : {major: Number(major), minor: Number(minor), patch: Number(patch), text: trimmed};
}

/** A backup fits the very release that it was taken from, and no other: 4.5.2 wants one of 4.5.2. */
export function isSameRelease(one: Release, other: Release): boolean {
	return one.text === other.text;
}

/** From 4.18 the script restores etcd alone and leaves the other static pods as they are; up to 4.17 it restarts them all. */
export function restoresEtcdOnly({major, minor}: Release): boolean {
	return major > 4 || (major === 4 && minor >= 18);
}
