/** One HTTP request: who asks, whether they may, and the answer. */
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {Admission} from './admission.ts';
import {metadataOf} from './lists.ts';
import type {ObjectStore} from './object-store.ts';
import {type RequestInfo, requestInfo} from './request-info.ts';
import {apiVersionOf, discovery, type Resource} from './resources.ts';
import {type Answer, type Body, Rest, readJson} from './rest.ts';
import {ApiError, badRequest, internalError} from './status.ts';
import type {Storage} from './storage.ts';
import type {ApiUser, ApiUsers} from './users.ts';
import {watch} from './watch.ts';

export type Serving = {
	readonly resources: readonly Resource[];
	readonly users: ApiUsers;
	readonly store: ObjectStore;
	readonly storage: Storage;
	readonly admission: Admission;
};

/** The real server's. */
const maximumBodyBytes = 3 * 1024 * 1024;

/** Whoever asks gets to know these. */
const publicPaths = /^\/(version|healthz|livez|readyz)$/;

export async function answerRequest(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
	response.on('error', () => {}); // Who asked is gone.
	try {
		const answer = await answerTo(request, response, serving);
		if (answer !== undefined) {
			send(response, answer.code, answer.body);
		}
	} catch (error) {
		const {code, status} = error instanceof ApiError ? error : internalError(String(error));
		if (!response.headersSent) {
			send(response, code, status);
		} else {
			response.destroy();
		}
	}
}

/** Undefined where the answer has been sent, or goes on. */
async function answerTo(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<Answer | undefined> {
	const {method = 'GET'} = request;
	const url = new URL(request.url!, `https://${request.headers.host ?? 'api'}`);
	if (/^\/(healthz|livez|readyz)$/.test(url.pathname)) {
		response.end('ok');
		return undefined;
	}
	const user = publicPaths.test(url.pathname) ? undefined : serving.users.authenticate(request);
	const known = discovery(serving.resources, url.pathname, url.host);
	if (known !== undefined) {
		return {code: 200, body: known};
	}
	const info = requestInfo(method, url);
	const resource =
		info &&
		serving.resources.find(({group, version, plural}) => {
			return group === info.group && version === info.version && plural === info.resource;
		});
	if (info === undefined || resource === undefined) {
		response.writeHead(404, {'Content-Type': 'text/plain'}).end('404 page not found\n');
		return undefined;
	}
	const answer = await answerFor(user!, {info, resource, body: await readBody(request)}, response, serving);
	const wantsMetadata = info.verb === 'list' && /as=PartialObjectMetadataList/.test(request.headers.accept ?? '');
	return answer !== undefined && wantsMetadata ? {...answer, body: metadataOf(answer.body)} : answer;
}

type Question = {readonly info: RequestInfo; readonly resource: Resource; readonly body: Body};

async function answerFor(
	user: ApiUser,
	{info, resource, body}: Question,
	response: ServerResponse,
	{store, storage, admission}: Serving,
): Promise<Answer | undefined> {
	if (resource.isReview) {
		// Everybody may ask about themselves.
		return {code: 201, body: accessReview(user, resource, readJson(body) as Review)};
	}
	user.demand(info);
	if (info.subresource === 'exec' || info.subresource === 'portforward') {
		throw badRequest('Upgrade request required');
	}
	if (info.verb === 'watch') {
		watch(store, resource, info, response);
		return undefined;
	}
	return new Rest(store, storage, (kind, object) => admission.admit(user, kind, object)).answer(resource, info, body);
}

type Review = {readonly spec?: {readonly resourceAttributes?: Record<string, string>}};

function accessReview(user: ApiUser, resource: Resource, {spec}: Review): object {
	const {verb = '', group = '', resource: plural = '', subresource, namespace, name} = spec?.resourceAttributes ?? {};
	const of = (text: string | undefined) => (text === '' ? undefined : text);
	const attributes = {verb, group, resource: plural, subresource: of(subresource), namespace: of(namespace), name: of(name)};
	const allowed = user.may(attributes);
	return {
		kind: resource.kind,
		apiVersion: apiVersionOf(resource),
		metadata: {},
		spec,
		status: {allowed, ...(allowed && {reason: `RBAC: allowed to User "${user.name}"`})},
	};
}

async function readBody(request: IncomingMessage): Promise<Body> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		length += chunk.length;
		if (length > maximumBodyBytes) {
			throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${maximumBodyBytes}`);
		}
		chunks.push(chunk);
	}
	return {text: Buffer.concat(chunks).toString(), contentType: request.headers['content-type'] ?? 'application/json'};
}

function send(response: ServerResponse, code: number, body: object): void {
	response.writeHead(code, {'Content-Type': 'application/json'}).end(`${JSON.stringify(body)}\n`);
}
