/** The two kinds of patches that need no schema. */
import {ApiError, badRequest} from './status.ts';

type Fields = Record<string, unknown>;

/** Throws `ApiError`. A strategic merge is made as a plain one: lists are replaced whole. */
export function patched<Value extends object>(object: Value, patch: unknown, contentType: string): Value {
	switch (contentType.split(';')[0]?.trim()) {
		case 'application/json-patch+json':
			return jsonPatched(object, patch);
		case 'application/merge-patch+json':
		case 'application/strategic-merge-patch+json':
			return merged(object, patch) as Value;
		default:
			throw new ApiError(
				415,
				'UnsupportedMediaType',
				'the body of the request was in an unknown format - accepted media types include: ' +
					'application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json',
			);
	}
}

/** RFC 7396. */
function merged(target: unknown, patch: unknown): unknown {
	if (!isFields(patch)) {
		return patch;
	}
	const result: Fields = isFields(target) ? {...target} : {};
	for (const [name, value] of Object.entries(patch)) {
		if (value === null) {
			delete result[name];
		} else {
			result[name] = merged(result[name], value);
		}
	}
	return result;
}

type Operation = {readonly op: string; readonly path: string; readonly value?: unknown};

/** RFC 6902 without `move` and `copy`. */
function jsonPatched<Value extends object>(object: Value, patch: unknown): Value {
	if (!Array.isArray(patch)) {
		throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
	}
	const result = structuredClone(object);
	for (const {op, path, value} of patch as Operation[]) {
		const names = path
			.split('/')
			.slice(1)
			.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
		const last = names.pop() ?? '';
		const place = names.reduce<unknown>((at, name) => (at as Fields | undefined)?.[name], result);
		if (typeof place !== 'object' || place === null) {
			throw unprocessable(`${op} operation does not apply: doc is missing path: ${path}`);
		}
		apply(place as Fields, last, {op, path, value});
	}
	return result;
}

function apply(place: Fields, name: string, {op, path, value}: Operation): void {
	if (op !== 'add' && !(name in place)) {
		throw unprocessable(`${op} operation does not apply: doc is missing key: ${path}`);
	}
	if (op === 'test') {
		if (JSON.stringify(place[name]) !== JSON.stringify(value)) {
			throw unprocessable(`testing value ${path} failed`);
		}
	} else if (op === 'remove') {
		Array.isArray(place) ? place.splice(Number(name), 1) : delete place[name];
	} else if (op === 'add' && Array.isArray(place)) {
		place.splice(name === '-' ? place.length : Number(name), 0, value);
	} else if (op === 'add' || op === 'replace') {
		place[name] = value;
	} else {
		throw badRequest(`unexpected kind: ${op}`);
	}
}

function unprocessable(message: string): ApiError {
	return new ApiError(422, 'Invalid', `the server rejected our request due to an error in our request: ${message}`);
}

function isFields(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
