/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY as kubectl understands them. */
import {BlockList, isIP, isIPv6} from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy to reach `server` through; undefined for none. */
export function proxyFor(server: string, environment: Environment): string | undefined {
	const {protocol, hostname, port} = new URL(server);
	const secure = protocol === 'https:';
	const proxy = secure ? either(environment, 'HTTPS_PROXY') : either(environment, 'HTTP_PROXY');
	const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
	if (proxy === undefined || isExcepted(host, port || (secure ? '443' : '80'), either(environment, 'NO_PROXY') ?? '')) {
		return undefined;
	}
	return /^[a-z0-9]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

function either(environment: Environment, name: string): string | undefined {
	return environment[name] || environment[name.toLowerCase()] || undefined;
}

function isExcepted(host: string, port: string, exceptions: string): boolean {
	if (host === 'localhost' || isLoopback(host)) {
		return true;
	}
	return exceptions
		.split(',')
		.map((entry) => entry.trim().toLowerCase())
		.filter((entry) => entry !== '')
		.some((entry) => entry === '*' || matches(entry, host, port));
}

function isLoopback(host: string): boolean {
	return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function matches(entry: string, host: string, port: string): boolean {
	const [address = '', prefix] = entry.split('/');
	if (prefix !== undefined && isIP(address) !== 0) {
		return isWithin(host, address, Number(prefix));
	}
	const {name, wantedPort} = splitPort(entry);
	if (wantedPort !== undefined && wantedPort !== port) {
		return false;
	}
	if (isIP(name) !== 0 || isIP(host) !== 0) {
		return name === host;
	}
	// `example.com` stands for itself and all below it, `.example.com` and `*.example.com` for those below it only.
	const suffix = name.replace(/^\*(?=\.)/, '');
	return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function splitPort(entry: string): {name: string; wantedPort?: string} {
	const bracketed = /^\[(.*)\](?::(\d+))?$/.exec(entry);
	const plain = isIPv6(entry) ? null : /^([^:]*):(\d+)$/.exec(entry);
	const [, name = entry, wantedPort] = bracketed ?? plain ?? [];
	return {name, ...(wantedPort !== undefined && {wantedPort})};
}

function isWithin(host: string, network: string, prefix: number): boolean {
	const family = isIP(host);
	if (family === 0 || family !== isIP(network) || !(prefix >= 0 && prefix <= (family === 4 ? 32 : 128))) {
		return false;
	}
	const list = new BlockList();
	const type = family === 4 ? 'ipv4' : 'ipv6';
	list.addSubnet(network, prefix, type);
	return list.check(host, type);
}
