/** What Kubernetes knows of the members, beside what etcd says: told when it has changed. */
import type {PodsSeen} from '../domain/pod.ts';
import type {Platform} from '../transport/platform.ts';
import type {Clock} from './clock.ts';
import type {EngineMessage} from './messages.ts';
import type {State} from './state.ts';

export type SurroundingsOptions = {
	readonly platform: Platform;
	readonly clock: Pick<Clock, 'uptimeMs'>;
	readonly getState: () => State;
	readonly dispatch: (message: EngineMessage) => void;
};

/** Two clocks tell an age; what is between them is no news. */
const jitterMs = 1000;

/** Looks once; where there is no Kubernetes there is nothing to tell. */
export function tellSurroundings({platform, clock, getState, dispatch}: SurroundingsOptions): void {
	const known = getState();
	const pods = podsNow(platform, clock, known);
	const denied = platform.denied?.() ?? [];
	if (pods !== known.pods || denied.join() !== (known.denied ?? []).join()) {
		dispatch({type: 'surroundingsSeen', pods, denied});
	}
}

/** The very same as before where nothing is new. */
function podsNow({pods}: Platform, clock: Pick<Clock, 'uptimeMs'>, known: State): PodsSeen | undefined {
	if (pods === undefined) {
		return undefined;
	}
	const {ageMs, matches} = pods(known.members.map(({member}) => member));
	const at = clock.uptimeMs() - ageMs;
	const before = known.pods;
	const isSame =
		before !== undefined && Math.abs(before.at - at) < jitterMs && JSON.stringify(before.matches) === JSON.stringify(matches);
	return isSame ? before : {at, matches};
}
