import {type MemberId, memberLabel} from '../domain/member.ts';
import type {State} from '../engine/state.ts';
import {UsageError} from '../usage-error.ts';

/** The member that a word names: its name, id or endpoint. */
export function memberNamed(word: string, state: State): MemberId {
	const bare = word.replace(/^https?:\/\//, '').toLowerCase();
	const found = state.members.filter(
		({member}) =>
			member.name === word ||
			member.id === bare.replace(/^0x/, '') ||
			[member.endpoint, ...member.clientUrls].some((url) => url?.replace(/^https?:\/\//, '').toLowerCase() === bare),
	);
	const [only, second] = found;
	if (only !== undefined && second === undefined) {
		return only.member.id;
	}
	const names = state.members.map(({member}) => `${memberLabel(member)} (${member.id})`).join(', ');
	throw new UsageError(
		`${only === undefined ? `no member is called "${word}"` : `"${word}" names several members`}. The members are ${names}.`,
	);
}
