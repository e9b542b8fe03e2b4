/** What is looked at before a backup on a control-plane host, put together into its plan. */
import {isAbsolute, resolve} from 'node:path';
import {isOver} from '../domain/defrag-run.ts';
import {defaultHostDirectory, hostDirectoryFault} from '../domain/host-backup.ts';
import {hostBackupGates, hostBackupWord} from '../domain/host-backup-gates.ts';
import type {HostBackupPlan, HostBackupRequest, LeftPod, UsualHostBackup} from '../domain/host-backup-run.ts';
import {chooseHost, type HostMember} from '../domain/host-choice.ts';
import {type HostCircumstances, mayBeEncrypted, migrationSigns} from '../domain/host-circumstances.ts';
import {memberLabel} from '../domain/member.ts';
import type {HostBackupPort, Leftover} from '../transport/platform.ts';
import type {State} from './state.ts';

export type LookedPlan = HostBackupPlan & {readonly circumstances: HostCircumstances};

/** Throws `TransportError` where the API does not answer at all. */
export async function lookAround(
	port: HostBackupPort,
	wanted: HostBackupRequest,
	getState: () => State,
): Promise<{readonly plan: LookedPlan; readonly found: readonly Leftover[]}> {
	const [circumstances, missing, found] = await Promise.all([port.circumstances(), port.missing(), port.leftovers()]);
	const state = getState();
	const choice = chooseHost({
		members: state.members.map(hostMember),
		pods: state.pods?.matches ?? [],
		nodes: circumstances.nodes,
		...(wanted.host !== undefined && {wanted: wanted.host}),
	});
	const gates = hostBackupGates({
		circumstances,
		choice,
		health: state.health.kind,
		alarms: state.alarms,
		defragmenting: state.members
			.filter(({condition}) => condition.state === 'defragmenting')
			.map(({member}) => memberLabel(member)),
		missing,
		others: found.filter(({isRunning}) => isRunning).map(({what, operator}) => `${what} of ${operator}`),
	});
	const failed = gates.find(({state: gate}) => gate === 'failed');
	const refusal = held(wanted, state) ?? (failed && `${failed.title}: ${failed.detail}`);
	const word = hostBackupWord(gates);
	const {encryption} = circumstances;
	const plan: LookedPlan = {
		request: wanted,
		circumstances,
		gates,
		choice,
		isMigrating: encryption.kind === 'told' && migrationSigns(encryption.value).length > 0,
		holdsKeys: encryption.kind !== 'told' || mayBeEncrypted(encryption.value),
		leftovers: found.map(leftPod),
		...(word !== undefined && {word}),
		...(refusal !== undefined && {refusal}),
	};
	return {plan, found};
}

/** While the API does not answer. */
export function unknownPlan(request: HostBackupRequest, why: string): HostBackupPlan {
	return {request, gates: [], choice: {kind: 'none', why}, isMigrating: false, holdsKeys: true, leftovers: [], refusal: why};
}

/** `usual`: where those go that nobody has said a place for. */
export function requestOf(wanted: HostBackupRequest | UsualHostBackup, usual: string): HostBackupRequest {
	if ('usual' in wanted) {
		const apart = wanted.usual === 'apart' ? {resourcesDirectory: `${absolute(usual)}-kuberesources`} : {};
		return {hostDirectory: defaultHostDirectory, directory: absolute(usual), ...apart};
	}
	const {directory, resourcesDirectory} = wanted;
	return {
		...wanted,
		...(directory !== undefined && {directory: absolute(directory)}),
		...(resourcesDirectory !== undefined && {resourcesDirectory: absolute(resourcesDirectory)}),
	};
}

function held({hostDirectory}: HostBackupRequest, {run, clusterId, readOnly}: State): string | undefined {
	if (readOnly) {
		return 'read-only session; a debug pod changes the cluster: start without --read-only';
	}
	if (clusterId === undefined) {
		return 'no member has answered yet';
	}
	const fault = hostDirectoryFault(hostDirectory);
	if (fault !== undefined) {
		return `the directory on the host: ${fault}`;
	}
	return run === undefined || isOver(run) ? undefined : 'a run is going on; wait for its end';
}

function absolute(path: string): string {
	return isAbsolute(path) ? path : resolve(path);
}

function hostMember({member, role, condition, status}: State['members'][number]): HostMember {
	return {
		id: member.id,
		name: memberLabel(member),
		role,
		state: condition.state,
		...(status !== undefined && {dbSizeBytes: status.value.dbSizeBytes}),
	};
}

function leftPod({what, node, operator, createdWallMs, isRunning, command}: Leftover): LeftPod {
	return {what, node, operator, ...(createdWallMs !== undefined && {createdWallMs}), isRunning, command};
}
