/** Credentials that end and are got again: from a plugin of the kubeconfig, from a file that somebody else renews, or by a login meanwhile. */
import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import type {RequestOptions} from 'node:https';
import {safeText} from '../safe-text.ts';
import {TransportError} from '../transport-error.ts';
import type {CredentialPlugin, KubeContext} from './kube-context.ts';

export type Credential = {readonly token?: string; readonly cert?: string; readonly key?: string};

/** A plugin that asks its server may take this long; one that waits for somebody to type never ends. */
const pluginTimeoutMs = 30_000;

/** Got anew this long before they end, so that none ends on its way. */
const marginMs = 10_000;

/** As client-go does: a file's token is read again after a minute. */
const fileTokenMs = 60_000;

export class Credentials {
	readonly #context: KubeContext;
	readonly #newestToken: (() => string | undefined) | undefined;
	/** The kubeconfig's own. */
	#token: string | undefined;
	#current: {readonly credential: Credential; readonly until: number} | undefined;
	#pending: Promise<Credential> | undefined;

	/** `newestToken`: what the kubeconfig has for this context now; a login in another terminal writes it there. */
	constructor(context: KubeContext, newestToken?: () => string | undefined) {
		this.#context = context;
		this.#newestToken = newestToken;
		this.#token = context.user.token;
	}

	/** The one of the kubeconfig that is in use. */
	get token(): string | undefined {
		return this.#token;
	}

	/** Whether refused credentials can be replaced by asking again. */
	get renewable(): boolean {
		const {plugin, tokenFile} = this.#context.user;
		return plugin !== undefined || tokenFile !== undefined || (this.#token !== undefined && this.#newestToken !== undefined);
	}

	/** The API server refused them: the next use gets new ones. */
	forget(): void {
		this.#current = undefined;
		this.#token = this.#token && (this.#newestToken?.() ?? this.#token);
	}

	/** What to send now. Rejects with `TransportError` `unauthenticated`. */
	async get(): Promise<Credential> {
		const {plugin, tokenFile} = this.#context.user;
		if (plugin === undefined && tokenFile === undefined) {
			return this.renewable && this.#token !== undefined ? {token: this.#token} : {};
		}
		if (this.#current !== undefined && Date.now() < this.#current.until) {
			return this.#current.credential;
		}
		this.#pending ??= (plugin === undefined ? this.#readFile(tokenFile!) : this.#ask(plugin)).finally(() => {
			this.#pending = undefined;
		});
		return this.#pending;
	}

	/** Puts them into a request's options. */
	async apply(options: RequestOptions): Promise<Credential> {
		const credential = await this.get();
		const {token, cert, key} = credential;
		Object.assign(options, cert !== undefined && key !== undefined && {cert, key});
		if (token !== undefined) {
			options.headers = {...(options.headers as object), Authorization: `Bearer ${token}`};
		}
		return credential;
	}

	async #readFile(path: string): Promise<Credential> {
		try {
			const credential = {token: readFileSync(path, 'utf8').trim()};
			this.#current = {credential, until: Date.now() + fileTokenMs};
			return credential;
		} catch (error) {
			const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
			throw unauthenticated(`the token file ${path}: ${reason}`, 'Log in again.', error);
		}
	}

	async #ask(plugin: CredentialPlugin): Promise<Credential> {
		if (plugin.alwaysAsks) {
			throw unauthenticated(
				`the credential plugin ${plugin.command} wants to ask you something, and this screen can't let it`,
				'Log in with a token or a certificate first.',
			);
		}
		const {credential, expires} = readAnswer(plugin, await this.#run(plugin));
		this.#current = {credential, until: expires === undefined ? Number.POSITIVE_INFINITY : expires - marginMs};
		return credential;
	}

	#run(plugin: CredentialPlugin): Promise<string> {
		const {cluster} = this.#context;
		const {promise, resolve, reject} = Promise.withResolvers<string>();
		const about = {
			server: cluster.server,
			'certificate-authority-data': cluster.caData ?? (cluster.caFile && readFileSync(cluster.caFile).toString('base64')),
			'tls-server-name': cluster.tlsServerName,
			'insecure-skip-tls-verify': cluster.skipTlsVerify,
			'proxy-url': cluster.proxyUrl,
		};
		const info = {
			apiVersion: plugin.apiVersion,
			kind: 'ExecCredential',
			spec: {interactive: false, ...(plugin.provideClusterInfo && {cluster: about})},
		};
		const env = {...process.env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info)};
		const child = execFile(
			plugin.command,
			[...plugin.args],
			{env, timeout: pluginTimeoutMs, killSignal: 'SIGKILL'},
			(error, stdout, stderr) => (error === null ? resolve(stdout) : reject(pluginFailure(plugin, error, stderr))),
		);
		// The keyboard is the screen's.
		child.stdin?.end();
		return promise;
	}
}

type ExecCredential = {
	readonly status?: {
		readonly token?: string;
		readonly clientCertificateData?: string;
		readonly clientKeyData?: string;
		readonly expirationTimestamp?: string;
	};
};

function readAnswer(plugin: CredentialPlugin, stdout: string): {credential: Credential; expires?: number} {
	let status: ExecCredential['status'];
	try {
		({status} = JSON.parse(stdout) as ExecCredential);
	} catch (error) {
		throw unauthenticated(`the credential plugin ${plugin.command} printed no JSON`, 'Run it by hand and look.', error);
	}
	const {token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp} = status ?? {};
	if (token === undefined && (cert === undefined || key === undefined)) {
		throw unauthenticated(
			`the credential plugin ${plugin.command} gave neither token nor certificate`,
			'Run it by hand and look.',
		);
	}
	const expires = Date.parse(expirationTimestamp ?? '');
	return {
		credential: {...(token !== undefined && {token}), ...(cert !== undefined && key !== undefined && {cert, key})},
		...(Number.isNaN(expires) ? {} : {expires}),
	};
}

function pluginFailure({command, installHint}: CredentialPlugin, error: Error, stderr: string): TransportError {
	const {code, killed} = error as NodeJS.ErrnoException & {killed?: boolean};
	if (String(code) === 'ENOENT') {
		const hint = installHint === undefined ? 'Install it, or see that it is in PATH.' : installHint;
		return unauthenticated(`the credential plugin ${command} is not installed`, hint, error);
	}
	if (killed === true) {
		return unauthenticated(
			`the credential plugin ${command} did not end within ${pluginTimeoutMs / 1000} s`,
			'Log in by hand first.',
			error,
		);
	}
	const words = stderr.trim().split('\n').at(-1) || `it ended with ${String(code)}`;
	return unauthenticated(`the credential plugin ${command} failed: ${words}`, 'Log in again.', error);
}

function unauthenticated(message: string, nextStep: string, cause?: unknown): TransportError {
	return new TransportError({kind: 'unauthenticated', message: safeText(message), nextStep: safeText(nextStep)}, cause);
}
