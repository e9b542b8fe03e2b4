/** What a restore meets, made up: the API of OpenShift, hosts, a backup, and a control over them. */
import {createHash, randomBytes} from 'node:crypto';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {onTestFinished} from 'vitest';
import type {Redeployed} from '../../source/domain/node-installer.ts';
import type {RunbookBackup} from '../../source/domain/runbook.ts';
import type {RolloutsPort} from '../../source/transport/platform.ts';
import {TransportError} from '../../source/transport/transport-error.ts';

const stamp = '2026-11-27_031500';

export function folder(): string {
	const directory = mkdtempSync(join(tmpdir(), 'etcdtop-restore-'));
	onTestFinished(() => rmSync(directory, {recursive: true, force: true}));
	return directory;
}

/** A file that ends as etcd's snapshots end, and an archive. */
export function backupIn(directory: string, release?: string): RunbookBackup {
	const pages = randomBytes(512 * 16);
	const contents = new Map([
		[`snapshot_${stamp}.db`, Buffer.concat([pages, createHash('sha256').update(pages).digest()])],
		[`static_kuberesources_${stamp}.tar.gz`, gzipSync(randomBytes(2000))],
	]);
	for (const [name, content] of contents) {
		writeFileSync(join(directory, name), content);
	}
	const files = [...contents].map(([name, {length}]) => ({name, path: join(directory, name), bytes: length}));
	return {directory, files, ...(release !== undefined && {release})};
}

export type MadeUpApi = RolloutsPort & {
	readonly patches: {readonly name: string; readonly reason: string; readonly whileOthersRolled: boolean}[];
	/** No answer to anything, as while the API server is away. */
	away: boolean;
};

/** Every look at an operator brings its rollout a node further. */
export function madeUpApi(nodes: readonly string[], release: string): MadeUpApi {
	const operators = new Map<string, {reason: string; revision: number; at: number}>();
	const of = (name: string) => {
		const operator = operators.get(name) ?? {reason: '', revision: 7, at: nodes.length};
		operators.set(name, operator);
		return operator;
	};
	let isGuardOff = false;
	const asked = <T>(answer: () => T): Promise<T> =>
		api.away
			? Promise.reject(new TransportError({kind: 'unreachable', message: 'connection refused', nextStep: ''}))
			: Promise.resolve().then(answer);
	const api: MadeUpApi = {
		patches: [],
		away: false,
		cluster: () => asked(() => ({release, proxy: {kind: 'off'}, hosts: nodes.map((name) => ({name, address: name}))})),
		operator: (name: Redeployed) =>
			asked(() => {
				const operator = of(name);
				operator.at = Math.min(nodes.length, operator.at + 1);
				const isDone = operator.at === nodes.length;
				const old = `${nodes.length - operator.at} nodes are at revision ${operator.revision - 1}; `;
				const installer = {
					status: isDone ? 'False' : 'True',
					reason: isDone ? 'AllNodesAtLatestRevision' : '',
					message: `${isDone ? '' : old}${operator.at} nodes are at revision ${operator.revision}`,
				};
				return {installer, forcedReason: operator.reason};
			}),
		redeploy: (name, reason) =>
			asked(() => {
				const operator = of(name);
				const whileOthersRolled = [...operators].some(([other, {at}]) => other !== name && at < nodes.length);
				api.patches.push({name, reason, whileOthersRolled});
				if (operator.reason !== reason) {
					Object.assign(operator, {reason, revision: operator.revision + 1, at: -1});
				}
			}),
		quorumGuardIsOff: () => asked(() => isGuardOff),
		turnQuorumGuard: (off) =>
			asked(() => {
				isGuardOff = off;
			}),
		etcdPods: () =>
			asked(() =>
				// The others are there again once etcd has been rolled out.
				nodes.slice(0, of('etcd').revision > 7 || isGuardOff ? nodes.length : 1).map((node) => ({
					name: `etcd-${node}`,
					node,
					phase: 'Running',
					readyContainers: 4,
					containers: 4,
				})),
			),
	};
	return api;
}
