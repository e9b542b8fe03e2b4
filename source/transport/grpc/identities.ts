/** Who answered where: by this, endpoints are matched to members, balancers are recognised, and clusters are kept apart. */
import type {MemberId} from '../../domain/member.ts';
import type {Identity} from './decode.ts';

type Acquaintance = {
	/** Higher is later; 0 for never. */
	met: number;
	/** Attempts in a row at which this member did not answer there. */
	misses: number;
};

export class Identities {
	readonly #current = new Map<string, Identity | undefined>();
	/** By URL, then by member. */
	readonly #acquaintances = new Map<string, Map<MemberId, Acquaintance>>();
	#meetings = 0;

	answered(url: string, identity: Identity): void {
		this.#current.set(url, identity);
		const acquaintance = this.#acquaintance(url, identity.memberId);
		acquaintance.met = ++this.#meetings;
		acquaintance.misses = 0;
	}

	/** Nobody answered. */
	silent(url: string): void {
		this.#current.set(url, undefined);
	}

	/** Nobody, or another one, answered where this member was looked for. */
	missed(url: string, memberId: MemberId): void {
		this.#acquaintance(url, memberId).misses++;
	}

	/** Who answers at `url` now, as far as is known. */
	at(url: string): Identity | undefined {
		return this.#current.get(url);
	}

	/** When this member answered there last, as a rank; 0 for never. */
	lastMet(url: string, memberId: MemberId): number {
		return this.#acquaintances.get(url)?.get(memberId)?.met ?? 0;
	}

	misses(url: string, memberId: MemberId): number {
		return this.#acquaintances.get(url)?.get(memberId)?.misses ?? 0;
	}

	/** Whether `url` answered as two of these members. A member that was replaced in its place leaves the list, so it doesn't count. */
	isBalancer(url: string, memberIds: ReadonlySet<MemberId>): boolean {
		const met = [...(this.#acquaintances.get(url) ?? [])].filter(([id, {met}]) => met > 0 && memberIds.has(id));
		return met.length > 1;
	}

	#acquaintance(url: string, memberId: MemberId): Acquaintance {
		const byMember = this.#acquaintances.get(url) ?? new Map<MemberId, Acquaintance>();
		this.#acquaintances.set(url, byMember);
		const known = byMember.get(memberId) ?? {met: 0, misses: 0};
		byMember.set(memberId, known);
		return known;
	}
}
