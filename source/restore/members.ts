/** Which members of etcd answer, over one connection that is kept while it is good. */
import type {Reached} from '../reached.ts';
import type {Transport} from '../transport/transport.ts';

export type MembersAsked = {
	/** Throws `TransportError` where nobody tells. */
	ask(): Promise<{readonly known: number; readonly answering: readonly string[]}>;
	close(): void;
};

export function membersBy(connect: () => Promise<Reached>, timeoutMs: number): MembersAsked {
	let transport: Transport | undefined;
	return {
		async ask() {
			transport ??= (await connect()).transport;
			try {
				const {members} = await transport.membership({timeoutMs});
				// A linearizable read is one that the quorum has served: Status answers without one.
				const answers = await Promise.allSettled(members.map((member) => transport!.linearizableRead(member, {timeoutMs})));
				return {
					known: members.length,
					answering: members.flatMap(({name}, index) => (answers[index]?.status === 'fulfilled' ? [name] : [])),
				};
			} catch (error) {
				// The old way may lead to what is gone.
				transport?.close();
				transport = undefined;
				throw error;
			}
		},
		close: () => transport?.close(),
	};
}
