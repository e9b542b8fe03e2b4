/** What a Kubernetes API server says when it refuses: `Status` objects, word for word as the real one has them. */
import type {Resource} from './resources.ts';

export type Status = {
	readonly kind: 'Status';
	readonly apiVersion: 'v1';
	readonly metadata: object;
	readonly status: 'Success' | 'Failure';
	readonly message?: string;
	readonly reason?: string;
	readonly details?: object;
	readonly code?: number;
};

/** Thrown to end a request with a `Status`. */
export class ApiError extends Error {
	readonly code: number;
	readonly status: Status;

	constructor(code: number, reason: string | undefined, message: string, details?: object) {
		super(message);
		this.name = 'ApiError';
		this.code = code;
		this.status = {
			kind: 'Status',
			apiVersion: 'v1',
			metadata: {},
			status: 'Failure',
			message,
			...(reason !== undefined && {reason}),
			...(details && {details}),
			code,
		};
	}
}

/** Who asks, and what for: as RBAC sees it. */
export type Attributes = {
	readonly verb: string;
	/** Empty for the core group. */
	readonly group: string;
	readonly resource: string;
	readonly subresource?: string | undefined;
	readonly namespace?: string | undefined;
	readonly name?: string | undefined;
};

export function unauthorized(): ApiError {
	return new ApiError(401, 'Unauthorized', 'Unauthorized');
}

export function forbidden(userName: string, attributes: Attributes): ApiError {
	const {verb, group, resource, subresource, namespace, name} = attributes;
	const kind = qualified({group, plural: resource});
	const what = name === undefined ? kind : `${kind} "${name}"`;
	const path = subresource === undefined ? resource : `${resource}/${subresource}`;
	const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
	return new ApiError(
		403,
		'Forbidden',
		`${what} is forbidden: User "${userName}" cannot ${verb} resource "${path}" in API group "${group}" ${where}`,
		details({group, plural: resource}, name),
	);
}

export function notFound(resource: Named, name: string): ApiError {
	return new ApiError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, details(resource, name));
}

export function alreadyExists(resource: Named, name: string): ApiError {
	return new ApiError(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, details(resource, name));
}

export function conflict(resource: Named, name: string, why = changedMeanwhile): ApiError {
	const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`;
	return new ApiError(409, 'Conflict', message, details(resource, name));
}

export function expired(message: string): ApiError {
	return new ApiError(410, 'Expired', message);
}

export function badRequest(message: string): ApiError {
	return new ApiError(400, 'BadRequest', message);
}

export function invalid(resource: Named & {readonly kind: string}, name: string, message: string): ApiError {
	return new ApiError(422, 'Invalid', `${resource.kind} "${name}" is invalid: ${message}`, details(resource, name));
}

export function methodNotAllowed(): ApiError {
	return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

/** What etcd said, passed on: the API server knows no reason for it. */
export function storageFailure(message: string): ApiError {
	return new ApiError(500, undefined, message);
}

export function internalError(message: string): ApiError {
	return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, {causes: [{message}]});
}

const changedMeanwhile = 'the object has been modified; please apply your changes to the latest version and try again';

type Named = Pick<Resource, 'group' | 'plural'>;

function qualified({group, plural}: Named): string {
	return group === '' ? plural : `${plural}.${group}`;
}

function details({group, plural}: Named, name?: string): object {
	return {...(name !== undefined && {name}), ...(group !== '' && {group}), kind: plural};
}
