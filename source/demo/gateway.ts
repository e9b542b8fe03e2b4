/** A member over plain HTTP: its health, and the JSON form of its API, which needs no client library. */
import {type RequestOptions as HttpOptions, request as requestHttp} from 'node:http';
import {request as requestHttps} from 'node:https';

/** PEM contents for TLS; empty for a member without it. */
export type GatewayTls = {readonly ca?: string; readonly cert?: string; readonly key?: string};

export type GatewayAnswer = {readonly status: number; readonly body: string};

/** One HTTP exchange: GET, or POST of `body` as JSON. Rejects when nothing answers within `timeoutMs`. */
export function ask(url: string, tls: GatewayTls, body?: unknown, timeoutMs = 5000): Promise<GatewayAnswer> {
	const {promise, resolve, reject} = Promise.withResolvers<GatewayAnswer>();
	const options: HttpOptions = {
		method: body === undefined ? 'GET' : 'POST',
		agent: false,
		signal: AbortSignal.timeout(timeoutMs),
	};
	const request = url.startsWith('https:') ? requestHttps(url, {...options, ...tls}) : requestHttp(url, options);
	request.on('error', reject);
	request.on('response', (response) => {
		const chunks: Buffer[] = [];
		response.on('data', (chunk: Buffer) => chunks.push(chunk));
		response.on('error', reject);
		response.on('end', () => resolve({status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString()}));
	});
	request.end(body === undefined ? undefined : JSON.stringify(body));
	return promise;
}
