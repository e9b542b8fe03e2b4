/** Keys in pages, by etcdctl in a pod: one process there for every page. */
import type {KeyPage} from '../../domain/key-page.ts';
import type {Identity} from '../grpc/decode.ts';
import {keyFound} from '../grpc/keys.ts';
import type {CallOptions, PageRequest} from '../transport.ts';
import {TransportError} from '../transport-error.ts';
import {readIdentity, readJson} from './etcdctl-json.ts';
import type {EtcdctlRunner} from './etcdctl-runner.ts';

type Range = {readonly kvs?: readonly {readonly key: string; readonly value?: string}[]; readonly more?: boolean};

const serializable = '--consistency=s';

/** The member that answered, with what it said. */
export type Answered<T> = {readonly identity: Identity; readonly answer: T};

export async function execKeyPage(
	etcdctl: EtcdctlRunner,
	url: string,
	{after, limit}: PageRequest,
	options: CallOptions,
): Promise<Answered<KeyPage>> {
	// It takes a key to begin with, not one to begin after: that one comes again, and is left out.
	const isFirst = after === undefined;
	const from = isFirst ? '' : wordOf(after);
	const words = ['get', '--from-key', '--keys-only', serializable, `--limit=${isFirst ? limit : limit + 1}`, '--', from];
	const {identity, answer} = await range(etcdctl, url, words, options);
	const found = (answer.kvs ?? []).map(({key}) => keyFound(Buffer.from(key, 'base64'))).filter(({id}) => id !== after);
	const keys = found.slice(0, limit);
	const last = keys.at(-1);
	const more = answer.more === true || found.length > limit;
	return {identity, answer: more && last !== undefined ? {keys, last: last.id} : {keys}};
}

export async function execValueBytes(
	etcdctl: EtcdctlRunner,
	url: string,
	id: string,
	options: CallOptions,
): Promise<Answered<number | undefined>> {
	const {identity, answer} = await range(etcdctl, url, ['get', serializable, '--', wordOf(id)], options);
	const [found] = answer.kvs ?? [];
	return {identity, answer: found && Buffer.from(found.value ?? '', 'base64').length};
}

async function range(
	etcdctl: EtcdctlRunner,
	url: string,
	words: readonly string[],
	options: CallOptions,
): Promise<Answered<Range>> {
	const text = await etcdctl.ask(url, words, options);
	return {identity: readIdentity(text), answer: readJson(text) as Range};
}

/** The key as a word of a command line. Throws `TransportError` for one that is no text. */
function wordOf(id: string): string {
	const bytes = Buffer.from(id, 'base64');
	const word = bytes.toString('utf8');
	if (word.includes('\0') || !Buffer.from(word).equals(bytes)) {
		throw new TransportError({
			kind: 'unsupported',
			message: 'a key that is no text can not be named to etcdctl',
			nextStep: 'Reach etcd through a tunnel, or directly: the keys can be read there.',
			notSent: true,
		});
	}
	return word;
}
