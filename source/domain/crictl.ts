/** What `crictl ps` prints: the containers that run on a host. */

export type HostContainer = {readonly name: string; readonly state: string; readonly pod: string};

/** Undefined where the text is no list of containers: an empty answer says nothing about what has stopped. */
export function parseCrictl(text: string): readonly HostContainer[] | undefined {
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	const head = lines.findIndex((line) => /^CONTAINER\b.*\bSTATE\b.*\bNAME\b/.test(line));
	const header = lines[head];
	if (header === undefined) {
		return undefined;
	}
	// Ages have blanks in them: what stands where is told by the heads.
	const columns = [...header.matchAll(/POD ID|\S+/g)].map(({0: title, index}) => ({title, from: index}));
	const field = (line: string, wanted: string) => {
		const at = columns.findIndex(({title}) => title === wanted);
		return at === -1 ? '' : line.slice(columns[at]!.from, columns[at + 1]?.from).trim();
	};
	return lines.slice(head + 1).map((line) => ({name: field(line, 'NAME'), state: field(line, 'STATE'), pod: field(line, 'POD')}));
}

/** Those that `grep etcd | grep -v operator` is meant to find; a guard is no part of what it guards. */
export function containersOf(containers: readonly HostContainer[], what: string): readonly HostContainer[] {
	return containers.filter(
		({name, pod}) =>
			(name.includes(what) || pod.startsWith(`${what}-`)) && !/operator/.test(`${name} ${pod}`) && name !== 'guard',
	);
}
