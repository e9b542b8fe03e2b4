/** Kubeconfigs for the API, as JSON: YAML reads it too. */

export type KubeconfigParts = {
	readonly contextName: string;
	readonly server: string;
	/** PEM. */
	readonly authority: string;
	/** A user's fields: `{token}`, `{tokenFile}`, … */
	readonly user: object;
};

export function kubeconfigText({contextName, server, authority, user}: KubeconfigParts): string {
	const ca = Buffer.from(authority).toString('base64');
	const kubeconfig = {
		apiVersion: 'v1',
		kind: 'Config',
		'current-context': contextName,
		contexts: [{name: contextName, context: {cluster: contextName, user: contextName}}],
		clusters: [{name: contextName, cluster: {server, 'certificate-authority-data': ca}}],
		users: [{name: contextName, user}],
	};
	return `${JSON.stringify(kubeconfig, null, '\t')}\n`;
}

/** Fields of a user who proves it by a certificate. */
export function certificateUser({certificate, key}: {readonly certificate: string; readonly key: string}): object {
	const base64 = (text: string) => Buffer.from(text).toString('base64');
	return {'client-certificate-data': base64(certificate), 'client-key-data': base64(key)};
}

/** Fields of a user whose token comes from a program: here `cat` of a file that `execCredential` wrote. */
export function execPluginUser(credentialFile: string): object {
	return {
		exec: {
			apiVersion: 'client.authentication.k8s.io/v1',
			command: 'cat',
			args: [credentialFile],
			interactiveMode: 'Never',
		},
	};
}

/** What such a program prints. */
export function execCredential(token: string, expires?: Date): string {
	const status = {token, ...(expires && {expirationTimestamp: expires.toISOString()})};
	return JSON.stringify({apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status});
}
