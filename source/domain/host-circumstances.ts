/** What stands around a backup on OpenShift, as the API tells it. */
import type {ClusterOperator, ControlPlaneNode, Told} from './surroundings.ts';

export type HostCircumstances = {
	readonly operators: Told<readonly ClusterOperator[]>;
	readonly nodes: Told<readonly ControlPlaneNode[]>;
	readonly encryption: Told<EncryptionSigns>;
	readonly proxy: Told<ClusterProxy>;
	/** `4.17.3`. */
	readonly openshiftVersion: Told<string | undefined>;
};

/** `proxies.config.openshift.io/cluster`; a field that is not set is empty. */
export type ClusterProxy = {readonly httpProxy: string; readonly httpsProxy: string; readonly noProxy: string};

/** The variables that the procedure has exported before the script; empty where no proxy is enabled. */
export function proxyVariables({httpProxy, httpsProxy, noProxy}: ClusterProxy): Readonly<Record<string, string>> {
	const all = {HTTP_PROXY: httpProxy, HTTPS_PROXY: httpsProxy, NO_PROXY: noProxy};
	const isEnabled = httpProxy !== '' || httpsProxy !== '';
	return Object.fromEntries(Object.entries(all).filter(([, value]) => isEnabled && value !== ''));
}

/** As far as a backup wants to know: what is configured, and what each API server says of it. */
export type EncryptionSigns = {
	/** `spec.encryption.type`; empty means `identity`. */
	readonly type: string;
	readonly servers: readonly {
		/** `openshiftapiservers`. */
		readonly name: string;
		/** Of the `Encrypted` condition; absent where there is none. */
		readonly reason?: string;
		/** `EncryptionMigrationControllerProgressing`. */
		readonly isMigrating: boolean;
	}[];
};

/** Whether anything is, or may be, encrypted: then the archive holds the keys. */
export function mayBeEncrypted({type, servers}: EncryptionSigns): boolean {
	return (
		!isIdentity(type) || servers.some(({reason = ''}) => /^(Encryption(InProgress|Completed)|DecryptionInProgress)$/.test(reason))
	);
}

/**
 * What is under way, in words; empty where all is at rest. A condition is not updated while revisions converge, so one that does not
 * fit the configured type counts as under way too.
 */
export function migrationSigns({type, servers}: EncryptionSigns): readonly string[] {
	return servers.flatMap(({name, reason, isMigrating}) => {
		if (isMigrating) {
			return [`${name} migrates`];
		}
		const isWanted = isIdentity(type)
			? reason === undefined || reason === 'EncryptionDisabled' || reason === 'DecryptionCompleted'
			: reason === 'EncryptionCompleted';
		return isWanted ? [] : [`${name}: ${reason ?? 'says nothing of encryption yet'}`];
	});
}

export function encryptionText({type}: EncryptionSigns): string {
	return isIdentity(type) ? 'identity' : type;
}

function isIdentity(type: string): boolean {
	return type === '' || type === 'identity';
}
