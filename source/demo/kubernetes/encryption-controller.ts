/**
 * OpenShift's controllers of encryption: they make keys, roll them out to every API server, write everything anew and say how far they
 * are. A step is what one of them does at a time, so that tests see every state between. Nothing is really encrypted.
 */
import type {Condition, Controllers} from './controllers.ts';
import {
	annotation,
	annotationsOf,
	groupResource,
	idOf,
	isOld,
	keySecret,
	keysNamespace,
	migratedOf,
	modeOf,
	nameOf,
	readable,
	reasonFor,
} from './encryption-keys.ts';
import {type KubeObject, type ObjectStore, timestamp} from './object-store.ts';
import {Pace} from './pace.ts';
import {type Rollout, rollOut} from './rollout.ts';

type ApiServer = {
	readonly operator: string;
	readonly clusterOperator: string;
	readonly component: string;
	readonly resources: readonly string[];
};

const apiServers: readonly ApiServer[] = [
	{
		operator: 'openshiftapiservers',
		clusterOperator: 'openshift-apiserver',
		component: 'openshift-apiserver',
		resources: ['routes.route.openshift.io'],
	},
	{
		operator: 'kubeapiservers',
		clusterOperator: 'kube-apiserver',
		component: 'openshift-kube-apiserver',
		resources: ['configmaps', 'secrets'],
	},
	{
		operator: 'authentications',
		clusterOperator: 'authentication',
		component: 'openshift-oauth-apiserver',
		resources: ['oauthaccesstokens.oauth.openshift.io', 'oauthauthorizetokens.oauth.openshift.io'],
	},
];

type Server = ApiServer & {
	/** The newest key that its pods can read with, and that they write with. */
	readKey: number;
	writeKey: number;
	rollout: Rollout | undefined;
	/** What is being written anew. */
	migrating: string | undefined;
};

export class EncryptionController {
	readonly #objects: ObjectStore;
	readonly #controllers: Controllers;
	readonly #servers: readonly Server[];
	readonly #pace = new Pace(() => this.step());

	constructor(objects: ObjectStore, controllers: Controllers) {
		this.#objects = objects;
		this.#controllers = controllers;
		this.#servers = apiServers.map((server) => ({...server, readKey: 0, writeKey: 0, rollout: undefined, migrating: undefined}));
	}

	/** A step of every server each `stepMs`; one that fails, as all writes do under NOSPACE, is tried again. */
	start(stepMs: number): void {
		this.#pace.start(stepMs);
	}

	stop(): void {
		this.#pace.stop();
	}

	/** The next thing that each of its controllers does, or of one component alone. Throws `ApiError` while etcd takes no writes. */
	async step(component?: string): Promise<void> {
		for (const server of this.#servers) {
			if (component === undefined || component === server.component) {
				await this.#stepOf(server);
				await this.#sumUp(server);
			}
		}
	}

	/** Until nothing is left to do. */
	async finish(): Promise<void> {
		for (let before = -1; before !== this.#objects.resourceVersion; ) {
			before = this.#objects.resourceVersion;
			await this.step();
		}
	}

	async #stepOf(server: Server): Promise<void> {
		if (server.rollout !== undefined) {
			// The condition `Encrypted` rests meanwhile, however old it gets.
			server.rollout = await server.rollout.next();
			return;
		}
		const keys = this.#keysOf(server);
		const wanted = this.#wantedType();
		const newest = keys.at(-1);
		if (newest === undefined && wanted === 'identity') {
			await this.#condition(server, {
				type: 'Encrypted',
				status: 'False',
				reason: 'EncryptionDisabled',
				message: 'Encryption is not enabled',
			});
			return;
		}
		if (newest === undefined || modeOf(newest) !== wanted || isOld(newest)) {
			await this.#makeKey(server, idOf(newest) + 1, wanted, reasonFor(newest, wanted));
			return;
		}
		const id = idOf(newest);
		if (server.readKey < id) {
			// First every pod has to be able to read with it; a key that encrypts nothing is read with in any case.
			server.rollout = await rollOut(this.#controllers, this.#objects, server.operator);
			server.readKey = id;
			server.writeKey = wanted === 'identity' ? id : server.writeKey;
			return;
		}
		if (server.writeKey < id) {
			server.rollout = await rollOut(this.#controllers, this.#objects, server.operator);
			server.writeKey = id;
			return;
		}
		await this.#migrate(server, newest);
		await this.#tell(server, wanted);
	}

	/** As the ClusterOperator has it: it progresses while anything of its operator does. */
	async #sumUp({clusterOperator, rollout, migrating}: Server): Promise<void> {
		const isProgressing = rollout !== undefined || migrating !== undefined;
		await this.#write('clusteroperators', clusterOperator, {
			type: 'Progressing',
			status: isProgressing ? 'True' : 'False',
			reason:
				rollout !== undefined
					? 'NodeInstaller'
					: migrating !== undefined
						? 'EncryptionMigrationController_Migrating'
						: 'AsExpected',
			message: isProgressing ? 'Not everything is as it is to be' : 'All is well',
		});
	}

	/** One resource after the other. */
	async #migrate(server: Server, key: KubeObject): Promise<void> {
		if (server.migrating !== undefined) {
			await this.#noteMigrated(key, server.migrating);
			server.migrating = undefined;
		}
		const done = migratedOf(this.#keysOf(server).at(-1)!).map(nameOf);
		const left = server.resources.filter((resource) => !done.includes(resource));
		server.migrating = left[0];
		await this.#condition(
			server,
			left.length > 0
				? {
						type: 'EncryptionMigrationControllerProgressing',
						status: 'True',
						reason: 'Migrating',
						message: `migrating resources to a new write key: [${left.map(readable).join(' ')}]`,
					}
				: {type: 'EncryptionMigrationControllerProgressing', status: 'False'},
		);
	}

	async #tell(server: Server, wanted: string): Promise<void> {
		const keys = this.#keysOf(server);
		const isDone = (key: KubeObject) => server.resources.every((one) => migratedOf(key).map(nameOf).includes(one));
		const newest = keys.at(-1)!;
		if (wanted === 'identity') {
			await this.#condition(server, {
				type: 'Encrypted',
				status: 'False',
				...(isDone(newest)
					? {reason: 'DecryptionCompleted', message: 'Encryption mode set to identity and everything is decrypted'}
					: {reason: 'DecryptionInProgress', message: 'Encryption mode set to identity and decryption is not finished'}),
			});
			return;
		}
		// A key before it with which everything was written is enough: while keys are renewed all stays encrypted.
		const since = keys.slice(keys.findLastIndex((key) => modeOf(key) === 'identity') + 1);
		const isEncrypted = since.some(isDone);
		await this.#condition(server, {
			type: 'Encrypted',
			...(isEncrypted
				? {status: 'True', reason: 'EncryptionCompleted', message: `All resources encrypted: ${server.resources.join(', ')}`}
				: {status: 'False', reason: 'EncryptionInProgress', message: `Resource ${server.migrating} is being encrypted`}),
		});
	}

	async #makeKey({component}: Server, id: number, mode: string, reason: string): Promise<void> {
		await this.#controllers.write('secrets', keySecret(component, id, mode, reason));
	}

	async #noteMigrated(key: KubeObject, resource: string): Promise<void> {
		const {metadata} = key;
		const resources = [...migratedOf(key), groupResource(resource)];
		const annotations = {
			...annotationsOf(key),
			[`${annotation}migrated-timestamp`]: timestamp(),
			[`${annotation}migrated-resources`]: JSON.stringify({resources}),
		};
		await this.#controllers.write('secrets', {...key, metadata: {...metadata, annotations}});
	}

	async #condition({operator}: Server, condition: Condition): Promise<void> {
		await this.#write(operator, 'cluster', condition);
	}

	/** Nothing is written that is there already: an operator does not either. */
	async #write(plural: string, name: string, condition: Condition): Promise<void> {
		const object = this.#objects.get({plural}, undefined, name);
		const {conditions = []} = (object?.['status'] ?? {}) as {readonly conditions?: readonly Condition[]};
		const old = conditions.find(({type}) => type === condition.type);
		const isSame = old?.status === condition.status && old.reason === condition.reason && old.message === condition.message;
		if (!isSame) {
			await this.#controllers.setCondition(plural, name, condition);
		}
	}

	#wantedType(): string {
		const {encryption} = (this.#objects.get({plural: 'apiservers'}, undefined, 'cluster')?.['spec'] ?? {}) as {
			readonly encryption?: {readonly type?: string};
		};
		return encryption?.type || 'identity';
	}

	/** Oldest first. */
	#keysOf({component}: ApiServer): readonly KubeObject[] {
		return this.#objects
			.list({plural: 'secrets'}, keysNamespace)
			.filter(({metadata: {labels}}) => labels?.[`${annotation}component`] === component)
			.toSorted((a, b) => idOf(a) - idOf(b));
	}
}
