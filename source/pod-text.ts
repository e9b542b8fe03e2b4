/** Pods in words, for screens and commands. */
import type {Pod} from './domain/pod.ts';
import type {State} from './engine/state.ts';

/** `etcd-cp-1 on cp-1: Running, ready, 2 restarts, 5d2h old`. */
export function podSentence(pod: Pod, state: Pick<State, 'now' | 'wallOffsetMs'>): string {
	const {name, node, phase, isReady, restarts} = pod;
	const age = podAge(pod, state);
	return `${name}${node === undefined ? '' : ` on ${node}`}: ${[
		phase,
		isReady ? 'ready' : 'not ready',
		`${restarts} restart${restarts === 1 ? '' : 's'}`,
		...(age === undefined ? [] : [`${age} old`]),
	].join(', ')}`;
}

/** As kubectl has it: `5d2h`, `41m`. */
export function podAge({createdWallMs}: Pod, {now, wallOffsetMs}: Pick<State, 'now' | 'wallOffsetMs'>): string | undefined {
	return createdWallMs === undefined ? undefined : kubernetesAge(now + wallOffsetMs - createdWallMs);
}

function kubernetesAge(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const minutes = Math.floor(seconds / 60);
	const hours = Math.floor(minutes / 60);
	const days = Math.floor(hours / 24);
	if (minutes < 2) {
		return `${seconds}s`;
	}
	if (hours < 3) {
		return `${minutes}m`;
	}
	if (days < 2) {
		return `${hours}h`;
	}
	return days < 8 && hours % 24 > 0 ? `${days}d${hours % 24}h` : `${days}d`;
}
