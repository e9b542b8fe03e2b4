/** A run as it is kept in a file, read back with distrust: what is damaged is told, never guessed at. */
import type {RestoreRun} from './restore-run.ts';

/** A runbook of a hundred hosts has some 300 KB. */
export const largestRunBytes = 8 * 1024 * 1024;

export function serializeRun(run: RestoreRun): string {
	return `${JSON.stringify(run)}\n`;
}

export function parseRun(text: string): RestoreRun | {readonly damage: string} {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return {damage: text.trim() === '' ? 'empty' : 'not JSON, or cut off'};
	}
	const version = isRecord(value) ? value['version'] : undefined;
	if (version !== 1) {
		return {damage: version === undefined ? 'no runbook' : `version ${String(version)}, this program knows 1`};
	}
	const run = value as RestoreRun;
	const why = whyNoRun(run);
	return why === undefined ? run : {damage: why};
}

function whyNoRun(run: RestoreRun): string | undefined {
	const {id, startedWallMs, runbook, ticks, acts, baselines, sums} = run;
	const isWhole =
		typeof id === 'string' &&
		typeof startedWallMs === 'number' &&
		isRecord(runbook) &&
		Array.isArray(runbook.steps) &&
		Array.isArray(runbook.hosts) &&
		isRecord(runbook.backup) &&
		Array.isArray(ticks) &&
		Array.isArray(acts) &&
		isRecord(baselines) &&
		isRecord(sums);
	if (!isWhole || runbook.steps.some((step) => !isStep(step))) {
		return 'parts of it are missing';
	}
	const order = runbook.steps.filter(({optional}) => optional !== true).map((step) => step.id);
	const ticked = ticks.map(({stepId}) => stepId).filter((stepId) => order.includes(stepId));
	// One that is ticked before those that come first was not ticked by this program.
	return ticked.every((stepId, index) => stepId === order[index]) ? undefined : 'its ticks are out of order';
}

function isStep(step: unknown): boolean {
	const texts = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string');
	return (
		isRecord(step) &&
		['id', 'phase', 'title', 'why', 'seen', 'word'].every((name) => typeof step[name] === 'string') &&
		texts(step['commands']) &&
		texts(step['look']) &&
		typeof step['changes'] === 'boolean'
	);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
