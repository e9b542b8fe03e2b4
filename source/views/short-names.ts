/** Long names lose what they share: the common domain, then the common beginning up to a `-`. Never what tells them apart. */
import {displayWidth, endOf, fit, startOf} from '../format.ts';

/**
 * Names of at most `cells` each, in the order given, as different from each other as the names are.
 * `ip-10-0-159-225.example.com` among its likes → `ip-10-0-159-225` where that fits, else `…159-225`.
 */
export function shortNames(names: readonly string[], cells: number, ellipsis = '…'): readonly string[] {
	const fits = (candidates: readonly string[]) => candidates.every((name) => displayWidth(name) <= cells);
	const withoutDomain = dropCommonDomain(names);
	const tails = dropCommonBeginning(withoutDomain, ellipsis);
	for (const candidates of [names, withoutDomain, tails]) {
		if (fits(candidates)) {
			return candidates;
		}
	}
	const cuts = [
		tails.map((name) => fit(name, cells, ellipsis)),
		tails.map((name) => cutBeginning(name, cells, ellipsis)),
		tails.map((name) => cutMiddle(name, cells, ellipsis)),
	];
	return cuts.find((candidates) => distinct(candidates) === distinct(names)) ?? numbered(names, cells, ellipsis);
}

function distinct(names: readonly string[]): number {
	return new Set(names).size;
}

function dropCommonDomain(names: readonly string[]): readonly string[] {
	const [first = ''] = names;
	const dots = [...first.matchAll(/\./g)].map(({index}) => first.slice(index));
	const shared = names.length < 2 ? undefined : dots.find((domain) => names.every((name) => name.endsWith(domain)));
	return shared === undefined ? names : names.map((name) => name.slice(0, name.length - shared.length) || name);
}

function dropCommonBeginning(names: readonly string[], ellipsis: string): readonly string[] {
	const [first = ''] = names;
	const dashes = [...first.matchAll(/-/g)].map(({index}) => first.slice(0, index + 1));
	const shared = names.length < 2 ? undefined : dashes.findLast((start) => names.every((name) => name.startsWith(start)));
	return shared === undefined ? names : names.map((name) => ellipsis + name.slice(shared.length));
}

function cutBeginning(name: string, cells: number, ellipsis: string): string {
	return displayWidth(name) <= cells ? name : ellipsis + endOf(name, cells - ellipsis.length);
}

function cutMiddle(name: string, cells: number, ellipsis: string): string {
	const kept = cells - ellipsis.length;
	const end = Math.floor(kept / 2);
	return displayWidth(name) <= cells ? name : startOf(name, kept - end) + ellipsis + endOf(name, end);
}

/** Nothing short tells them apart: their places in the list do. */
function numbered(names: readonly string[], cells: number, ellipsis: string): readonly string[] {
	return names.map((name, index) => {
		const place = `#${index + 1}`;
		return fit(name, cells - place.length, ellipsis) + place;
	});
}
