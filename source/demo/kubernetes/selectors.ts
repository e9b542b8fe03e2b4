/** Label and field selectors. */
import type {KubeObject} from './object-store.ts';
import {badRequest} from './status.ts';

type Test = (object: KubeObject) => boolean;

/** Whether an object is among those that a list or watch asks for. Throws `ApiError`. */
export function selection(query: URLSearchParams): Test {
	const tests = [
		...requirements(query.get('labelSelector')).map(labelTest),
		...requirements(query.get('fieldSelector')).map(fieldTest),
	];
	return (object) => tests.every((test) => test(object));
}

/** Commas part them, but not those of `in (a,b)`. */
function requirements(selector: string | null): string[] {
	return (selector ?? '').match(/(?:\([^)]*\)|[^,])+/g)?.map((part) => part.trim()) ?? [];
}

function labelTest(text: string): Test {
	const [, name = '', operator, list = ''] = /^([\w./-]+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text) ?? [];
	if (operator !== undefined) {
		const values = list.split(',').map((value) => value.trim());
		return (object) => values.includes(labelsOf(object)[name] ?? '') === (operator === 'in');
	}
	const [, label, sign, value] = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(text) ?? [];
	if (label !== undefined) {
		return (object) => (labelsOf(object)[label] === value) === (sign !== '!=');
	}
	const [, not, present] = /^(!?)\s*([\w./-]+)$/.exec(text) ?? [];
	if (present === undefined) {
		throw badRequest(`unable to parse requirement: ${text}`);
	}
	return (object) => present in labelsOf(object) === (not === '');
}

function fieldTest(text: string): Test {
	const [, path = '', sign, value] = /^([\w.]+)(==|=|!=)(.*)$/.exec(text) ?? [];
	if (sign === undefined) {
		throw badRequest(`invalid selector: '${text}'; can't understand '${text}'`);
	}
	return (object) => (String(fieldOf(object, path) ?? '') === value) === (sign !== '!=');
}

function fieldOf(object: KubeObject, path: string): unknown {
	return path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], object);
}

function labelsOf({metadata}: KubeObject): Readonly<Record<string, string>> {
	return metadata.labels ?? {};
}
