/**
 * OpenShift's operators of static pods, as far as a forced redeployment has them act: a reason that is new rolls a revision out, one node
 * after the other; the one that was there before does nothing.
 */
import type {Controllers} from './controllers.ts';
import type {ObjectStore} from './object-store.ts';
import {Pace} from './pace.ts';
import {type Rollout, rollOut} from './rollout.ts';

export const redeployablePlurals = ['etcds', 'kubeapiservers', 'kubecontrollermanagers', 'kubeschedulers'] as const;

type Operator = {readonly plural: string; reason: string; rollout: Rollout | undefined};

export class NodeInstallers {
	readonly #objects: ObjectStore;
	readonly #controllers: Controllers;
	readonly #operators: readonly Operator[];
	/** Plurals in the order in which they were told to roll out. */
	readonly begun: string[] = [];
	readonly #pace = new Pace(() => this.step());

	constructor(objects: ObjectStore, controllers: Controllers) {
		this.#objects = objects;
		this.#controllers = controllers;
		this.#operators = redeployablePlurals.map((plural) => ({plural, reason: this.#reasonOf(plural), rollout: undefined}));
	}

	/** A step of every operator each `stepMs`; one that fails, as all writes do without a quorum, is tried again. */
	start(stepMs: number): void {
		this.#pace.start(stepMs);
	}

	stop(): void {
		this.#pace.stop();
	}

	/** The next thing that each of them does. Throws `ApiError` while etcd takes no writes. */
	async step(): Promise<void> {
		for (const operator of this.#operators) {
			const reason = this.#reasonOf(operator.plural);
			if (operator.rollout !== undefined) {
				operator.rollout = await operator.rollout.next();
			} else if (reason !== operator.reason) {
				operator.rollout = await rollOut(this.#controllers, this.#objects, operator.plural);
				operator.reason = reason;
				this.begun.push(operator.plural);
			}
		}
	}

	#reasonOf(plural: string): string {
		const spec = this.#objects.get({plural}, undefined, 'cluster')?.['spec'] as
			| {readonly forceRedeploymentReason?: string}
			| undefined;
		return spec?.forceRedeploymentReason ?? '';
	}
}
