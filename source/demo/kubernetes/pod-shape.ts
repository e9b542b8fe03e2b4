/** What makes the pods of one kind of cluster different from those of another. */

export const image = 'registry.invalid/etcd:demo';

export type PodContainer = {
	readonly name: string;
	readonly command: readonly string[];
	readonly env?: readonly {readonly name: string; readonly value: string}[];
	readonly [field: string]: unknown;
};

export type EtcdPodShape = {
	readonly namespace: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
	readonly containers: readonly PodContainer[];
};
