/** Reads keys in pages, of one member and without asking the leader. */
import type {KeyFound, KeyPage} from '../../domain/key-page.ts';
import type {Member} from '../../domain/member.ts';
import {safeText} from '../safe-text.ts';
import type {CallOptions, PageRequest} from '../transport.ts';
import type {Calls, Target} from './calls.ts';
import {decodeIdentity} from './decode.ts';
import {expectIdentity, memberTarget} from './expect-identity.ts';
import * as rpcs from './rpcs.ts';

const zero = Buffer.of(0);

/** A key's id is its bytes in base64: keys are no text. */
export function keyFound(key: Buffer): KeyFound {
	return {name: safeText(key.toString('utf8')), id: key.toString('base64'), bytes: key.length};
}

export class Keys {
	readonly #calls: Calls;

	constructor(calls: Calls) {
		this.#calls = calls;
	}

	async page(member: Member, {after, limit}: PageRequest, options: CallOptions): Promise<KeyPage> {
		// The smallest key after another one is that one and a zero byte.
		const key = after === undefined ? zero : Buffer.concat([Buffer.from(after, 'base64'), zero]);
		const request = {key, range_end: zero, limit: String(limit), serializable: true, keys_only: true} as const;
		const {kvs, more} = await this.#ask(member, request, options);
		const keys = kvs.map((found) => keyFound(found.key));
		const last = keys.at(-1);
		return more && last !== undefined ? {keys, last: last.id} : {keys};
	}

	async valueBytes(member: Member, id: string, options: CallOptions): Promise<number | undefined> {
		const request = {key: Buffer.from(id, 'base64'), limit: '1', serializable: true, keys_only: false} as const;
		const {kvs} = await this.#ask(member, request, options);
		return kvs[0]?.value.length;
	}

	async #ask(member: Member, request: NonNullable<typeof rpcs.page.request>, options: CallOptions) {
		const target = ownConnection(member);
		const answer = await this.#calls.ask(target, rpcs.page, request, options);
		expectIdentity(decodeIdentity(answer.header), {memberId: member.id}, target);
		return answer;
	}
}

/** A page that is late must not cost the poll its connection. */
function ownConnection(member: Member): Target {
	const target = memberTarget(member);
	return {...target, key: `keys ${target.key}`};
}
