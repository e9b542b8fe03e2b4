import type {Clock} from '../../source/engine/clock.ts';

export type ManualClock = Clock & {
	/** Lets `ms` pass, waking sleepers in the order of their times and letting promises settle between. */
	advance(ms: number): Promise<void>;
	/** The wall clock jumps; uptime does not. */
	stepWall(ms: number): void;
};

/** Time that only the test moves. */
export function createManualClock({uptimeMs = 1_000_000, wallMs = 1_700_000_000_000, bootId = 'boot-a'} = {}): ManualClock {
	let now = uptimeMs;
	let wallOffset = wallMs - uptimeMs;
	let sleepers: {readonly at: number; readonly resolve: () => void}[] = [];
	const settle = async () => {
		for (let turn = 0; turn < 20; turn++) {
			await new Promise((resolve) => setImmediate(resolve));
		}
	};
	return {
		bootId,
		uptimeMs: () => now,
		wallMs: () => now + wallOffset,
		sleep(ms, signal) {
			return new Promise((resolve) => {
				if (signal?.aborted === true) {
					resolve();
					return;
				}
				const sleeper = {at: now + ms, resolve};
				sleepers.push(sleeper);
				signal?.addEventListener('abort', () => {
					sleepers = sleepers.filter((other) => other !== sleeper);
					resolve();
				});
			});
		},
		async advance(ms) {
			const until = now + ms;
			await settle();
			for (;;) {
				const next = sleepers.filter(({at}) => at <= until).sort((a, b) => a.at - b.at)[0];
				if (next === undefined) {
					break;
				}
				sleepers = sleepers.filter((other) => other !== next);
				now = Math.max(now, next.at);
				next.resolve();
				await settle();
			}
			now = until;
			await settle();
		},
		stepWall(ms) {
			wallOffset += ms;
		},
	};
}
