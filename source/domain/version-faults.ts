/** Faults of defragmentation that etcd's own release notes name, by the versions that have them. */
import type {PlanWarning} from './defrag-plan.ts';
import {listText} from './text.ts';

type Version = readonly [major: number, minor: number, patch: number];

type Fault = {
	readonly id: string;
	readonly affects: (version: Version) => boolean;
	readonly text: string;
	readonly remedy: string;
};

const faults: readonly Fault[] = [
	{
		id: 'corruption-3.4.4',
		affects: (version) => isMinor(version, 3, 4) && before(version, 4),
		text: 'defragmenting can corrupt the database',
		remedy: 'Upgrade to 3.4.4 or later first.',
	},
	{
		id: 'crash-inconsistency',
		affects: (version) => isMinor(version, 3, 5) && before(version, 6),
		text: 'a crash while it defragments can leave revisions inconsistent',
		remedy: 'Upgrade to 3.5.6 or later first.',
	},
	{
		id: 'snapshot-corruption',
		affects: (version) =>
			(isMinor(version, 3, 4) && before(version, 38)) ||
			(isMinor(version, 3, 5) && before(version, 23)) ||
			(isMinor(version, 3, 6) && before(version, 5)),
		text: 'a snapshot applied while it defragments can corrupt it',
		remedy: 'Upgrade to 3.4.38, 3.5.23 or 3.6.5 or later; until then no member may be joining or far behind.',
	},
	{
		id: 'error-panic',
		affects: (version) => (isMinor(version, 3, 4) && before(version, 35)) || (isMinor(version, 3, 5) && before(version, 17)),
		text: 'an error while it defragments ends the process',
		remedy: 'Upgrade to 3.4.35 or 3.5.17 or later; make sure that its disk has room.',
	},
];

/** Warnings for these members, each naming whom it concerns; members of different versions are one more. */
export function versionWarnings(members: readonly {readonly name: string; readonly version: string}[]): readonly PlanWarning[] {
	const warnings: PlanWarning[] = faults.flatMap(({id, affects, text, remedy}) => {
		const concerned = members.filter(({version}) => {
			const parsed = parseVersion(version);
			return parsed !== undefined && affects(parsed);
		});
		const versions = [...new Set(concerned.map(({version}) => version))];
		return concerned.length === 0 ? [] : [{id, text: `etcd ${listText(versions)}: ${text}`, remedy}];
	});
	const versions = [...new Set(members.map(({version}) => version).filter((version) => version !== ''))];
	if (versions.length > 1) {
		warnings.push({
			id: 'mixed-versions',
			text: `members run different versions: ${listText(versions.toSorted())}`,
			remedy: 'Finish the upgrade first.',
		});
	}
	return warnings;
}

/** `3.5.16`, also with a leading `v` or a suffix such as `-rc.1`; undefined for anything else. */
function parseVersion(text: string): Version | undefined {
	const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text);
	return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

function isMinor([major, minor]: Version, wantedMajor: number, wantedMinor: number): boolean {
	return major === wantedMajor && minor === wantedMinor;
}

function before([, , patch]: Version, first: number): boolean {
	return patch < first;
}
