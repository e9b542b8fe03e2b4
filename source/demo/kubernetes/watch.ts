/** Watches: changes as they come, one JSON object a line. */
import type {ServerResponse} from 'node:http';
import type {Change, KubeObject, ObjectStore} from './object-store.ts';
import {isSet, type RequestInfo} from './request-info.ts';
import {apiVersionOf, type Resource} from './resources.ts';
import {selection} from './selectors.ts';
import {badRequest, expired} from './status.ts';

/** The real server's is a minute. */
const bookmarkEveryMs = 60_000;

export type WatchOptions = {readonly bookmarkEveryMs?: number};

/** Throws `ApiError` before the first byte is sent. */
export function watch(
	store: ObjectStore,
	resource: Resource,
	{namespace, query, name}: RequestInfo,
	response: ServerResponse,
	options: WatchOptions = {},
): void {
	const isSelected = selection(query);
	const since = resourceVersionOf(query);
	const concerns = ({plural, object}: Change): boolean =>
		plural === resource.plural && isHere(object) && (isSelected(object) || shown.has(object.metadata.uid));
	const isHere = ({metadata}: KubeObject): boolean =>
		(namespace === undefined || metadata.namespace === namespace) && (name === undefined || metadata.name === name);
	/** The uids of those that the watcher takes to be there: who leaves its selection is deleted for it. */
	const shown = new Set<string | undefined>();
	const send = (type: string, object: object): void => void response.write(`${JSON.stringify({type, object})}\n`);
	const tell = (change: Change): void => {
		if (concerns(change)) {
			const {uid} = change.object.metadata;
			const wasShown = shown.has(uid);
			const isLeaving = change.type === 'DELETED' || !isSelected(change.object);
			isLeaving ? shown.delete(uid) : shown.add(uid);
			send(isLeaving ? 'DELETED' : wasShown ? 'MODIFIED' : 'ADDED', change.object);
		}
	};

	const here = store.list(resource, namespace).filter((object) => isHere(object) && isSelected(object));
	const missed = since === undefined ? [] : store.changesSince(since);
	if (missed !== undefined && since !== undefined && since > store.resourceVersion) {
		throw expired(`Too large resource version: ${since}, current: ${store.resourceVersion}`);
	}
	response.writeHead(200, {'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked'});
	if (missed === undefined) {
		send('ERROR', expired(`too old resource version: ${since} (${store.resourceVersion})`).status);
		response.end();
		return;
	}
	if (since === undefined) {
		for (const object of here) {
			shown.add(object.metadata.uid);
			send('ADDED', object);
		}
	} else {
		for (const {metadata} of here) {
			const created = missed.some(({type, object}) => type === 'ADDED' && object.metadata.uid === metadata.uid);
			if (!created) {
				shown.add(metadata.uid);
			}
		}
		missed.forEach(tell);
	}
	response.flushHeaders();

	const bookmark = (): void => {
		const metadata = {resourceVersion: String(store.resourceVersion)};
		send('BOOKMARK', {kind: resource.kind, apiVersion: apiVersionOf(resource), metadata});
	};
	const wantsBookmarks = isSet(query, 'allowWatchBookmarks');
	const stop = store.onChange(tell);
	const bookmarks = wantsBookmarks ? setInterval(bookmark, options.bookmarkEveryMs ?? bookmarkEveryMs) : undefined;
	const timeoutSeconds = Number(query.get('timeoutSeconds') ?? 0);
	const finish = (): void => {
		if (wantsBookmarks) {
			bookmark();
		}
		response.end();
	};
	const timeout = timeoutSeconds > 0 ? setTimeout(finish, timeoutSeconds * 1000) : undefined;
	response.once('close', () => {
		stop();
		clearInterval(bookmarks);
		clearTimeout(timeout);
	});
}

/** Undefined: from any, beginning with what is there. */
function resourceVersionOf(query: URLSearchParams): number | undefined {
	const text = query.get('resourceVersion') ?? '';
	if (text === '' || text === '0') {
		return undefined;
	}
	if (!/^\d+$/.test(text)) {
		throw badRequest(`strconv.ParseUint: parsing "${text}": invalid syntax`);
	}
	return Number(text);
}
