/** The Secrets of keys as OpenShift's controllers write them. */
import {randomBytes} from 'node:crypto';
import type {KubeObject} from './object-store.ts';

export const keysNamespace = 'openshift-config-managed';
export const annotation = 'encryption.apiserver.operator.openshift.io/';
const weekMs = 7 * 24 * 60 * 60 * 1000;

type GroupResource = {readonly Group: string; readonly Resource: string};

export function keySecret(component: string, id: number, mode: string, reason: string): KubeObject {
	return {
		metadata: {
			name: `encryption-key-${component}-${id}`,
			namespace: keysNamespace,
			labels: {[`${annotation}component`]: component},
			annotations: {
				'kubernetes.io/description': 'WARNING: DO NOT EDIT.',
				[`${annotation}mode`]: mode,
				[`${annotation}internal-reason`]: reason,
				[`${annotation}external-reason`]: '',
			},
			finalizers: ['encryption.apiserver.operator.openshift.io/deletion-protection'],
		},
		type: 'Opaque',
		data: {'encryption.apiserver.operator.openshift.io-key': mode === 'identity' ? '' : randomBytes(32).toString('base64')},
	};
}

export function annotationsOf({metadata}: KubeObject): Readonly<Record<string, string>> {
	return (metadata['annotations'] ?? {}) as Readonly<Record<string, string>>;
}

export function modeOf(key: KubeObject): string {
	return annotationsOf(key)[`${annotation}mode`] ?? '';
}

export function idOf(key: KubeObject | undefined): number {
	return Number(key?.metadata.name.split('-').at(-1) ?? 0);
}

export function migratedOf(key: KubeObject): readonly GroupResource[] {
	const text = annotationsOf(key)[`${annotation}migrated-resources`];
	return text === undefined ? [] : (JSON.parse(text) as {readonly resources: readonly GroupResource[]}).resources;
}

/** A week after everything was written with it. */
export function isOld(key: KubeObject): boolean {
	const at = Date.parse(annotationsOf(key)[`${annotation}migrated-timestamp`] ?? '');
	return modeOf(key) !== 'identity' && Date.now() - at > weekMs;
}

export function reasonFor(newest: KubeObject | undefined, wanted: string): string {
	return newest === undefined
		? 'key-does-not-exist'
		: modeOf(newest) === wanted
			? 'rotation-interval-has-passed'
			: 'encryption-mode-changed';
}

export function groupResource(name: string): GroupResource {
	const [Resource = '', ...group] = name.split('.');
	return {Group: group.join('.'), Resource};
}

export function nameOf({Group, Resource}: GroupResource): string {
	return Group === '' ? Resource : `${Resource}.${Group}`;
}

/** `core/secrets` */
export function readable(name: string): string {
	const {Group, Resource} = groupResource(name);
	return `${Group || 'core'}/${Resource}`;
}
