/** Who may use the API, how they prove who they are, and what RBAC lets them do. */
import {randomBytes} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import type {TLSSocket} from 'node:tls';
import {type Attributes, forbidden, unauthorized} from './status.ts';

/** As in a Role or ClusterRole; with a namespace, as in a RoleBinding of that namespace. */
export type PolicyRule = {
	readonly apiGroups: readonly string[];
	readonly resources: readonly string[];
	readonly verbs: readonly string[];
	readonly resourceNames?: readonly string[];
	readonly namespace?: string;
};

export class ApiUser {
	readonly name: string;
	/** The only one that is accepted. */
	token = randomBytes(24).toString('base64url');
	rules: readonly PolicyRule[];
	/** Taken away again whatever the rules say: `create pods/exec`, `get secrets`. */
	denied: readonly string[] = [];

	constructor(name: string, rules: readonly PolicyRule[] = everything) {
		this.name = name;
		this.rules = rules;
	}

	may(attributes: Attributes): boolean {
		return !this.denied.includes(ruleText(attributes)) && this.rules.some((rule) => grants(rule, attributes));
	}

	/** Throws `ApiError` where the user may not. */
	demand(attributes: Attributes): void {
		if (!this.may(attributes)) {
			throw forbidden(this.name, attributes);
		}
	}
}

const everything: readonly PolicyRule[] = [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}];

export class ApiUsers {
	readonly #byName = new Map<string, ApiUser>();

	add(name: string, rules?: readonly PolicyRule[]): ApiUser {
		const user = new ApiUser(name, rules);
		this.#byName.set(name, user);
		return user;
	}

	/** By token, else by the client certificate's common name; then whom they act as. Throws `ApiError`. */
	authenticate({headers, socket}: IncomingMessage): ApiUser {
		const user =
			headers.authorization === undefined ? this.#byCertificate(socket as TLSSocket) : this.#byToken(headers.authorization);
		if (user === undefined) {
			throw unauthorized();
		}
		const other = headers['impersonate-user'];
		if (typeof other !== 'string') {
			return user;
		}
		user.demand({verb: 'impersonate', group: '', resource: 'users', name: other});
		return this.#byName.get(other) ?? new ApiUser(other, []);
	}

	#byToken(authorization: string): ApiUser | undefined {
		return [...this.#byName.values()].find(({token}) => authorization === `Bearer ${token}`);
	}

	#byCertificate(socket: TLSSocket): ApiUser | undefined {
		const {CN} = (socket.authorized ? socket.getPeerCertificate().subject : undefined) ?? {};
		return typeof CN === 'string' ? this.#byName.get(CN) : undefined;
	}
}

/** `create pods/exec`. */
function ruleText({verb, resource, subresource}: Attributes): string {
	return `${verb} ${resourcePath(resource, subresource)}`;
}

function grants(rule: PolicyRule, {verb, group, resource, subresource, namespace, name}: Attributes): boolean {
	const has = (list: readonly string[], text: string) => list.includes('*') || list.includes(text);
	const ofSubresource = subresource !== undefined && rule.resources.includes(`*/${subresource}`);
	return (
		has(rule.verbs, verb) &&
		has(rule.apiGroups, group) &&
		(has(rule.resources, resourcePath(resource, subresource)) || ofSubresource) &&
		(rule.namespace === undefined || rule.namespace === namespace) &&
		(rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name)))
	);
}

function resourcePath(resource: string, subresource: string | undefined): string {
	return subresource === undefined ? resource : `${resource}/${subresource}`;
}
