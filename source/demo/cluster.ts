/** A real etcd cluster on loopback in a directory of its own: what the demo shows and what the tests run against. */
import {access, constants, mkdir, mkdtemp, readFile, realpath, rm, statfs} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {type Authority, type CertificateFiles, type CertificatePair, createAuthority, writeCertificates} from './certificates.ts';
import {type Address, addressFlags, type ClusterTls, tlsFlags} from './cluster-flags.ts';
import {ClusterMember} from './cluster-member.ts';
import {freePort} from './free-port.ts';
import type {GatewayTls} from './gateway.ts';
import {type ReaperCommand, startReaper} from './reaper.ts';

export type ClusterOptions = {
	/** Voters at the start. Default 3. */
	readonly members?: number;
	/** `mutual`: clients need a certificate too. `server`: they don't. Peers use TLS in both. Default `mutual`. */
	readonly tls?: ClusterTls;
	/** `--quota-backend-bytes`; etcd's default when left out. */
	readonly quotaBytes?: number;
	/** The etcd program. Default: `etcd` in PATH. */
	readonly binary?: string;
	/** Names are this and a number from 1. Default `etcd-`. */
	readonly namePrefix?: string;
	/** The name of member `index` (from 0), where a number after a prefix won't do. */
	readonly memberName?: (index: number) => string;
	readonly extraFlags?: readonly string[];
	/** Serve metrics on a port of their own too, without TLS. */
	readonly metricsUrls?: boolean;
	/** What member `index` advertises to clients instead of the URL it listens on: a proxy's, say. */
	readonly advertiseClientUrl?: (clientUrl: string, index: number) => string | Promise<string>;
	/** Certificates to use instead of fresh ones that work: expired, for another name, by another authority. */
	readonly authority?: Authority;
	readonly serverCertificate?: CertificatePair;
	readonly clientCertificate?: CertificatePair;
	/** Cleans up after us when we can't. */
	readonly reaper?: ReaperCommand;
};

export interface Cluster {
	/** Everything is in here, and goes with `stop`. */
	readonly directory: string;
	/** Undefined without TLS. */
	readonly certificates: CertificateFiles | undefined;
	readonly quotaBytes: number | undefined;
	/** What to reach it by: the advertised URLs of the members it started with. */
	readonly endpoints: readonly string[];
	readonly members: readonly ClusterMember[];
	/** The flags of etcdctl and etcdtop that reach it. */
	readonly connectionFlags: readonly string[];
	/** Adds a member and starts it; a learner once it answers, a voter once it is healthy. */
	addMember(options?: {readonly learner?: boolean}): Promise<ClusterMember>;
	/** Kills every process and removes the directory. */
	stop(): Promise<void>;
}

/** Ports are looked for before etcd binds them, and somebody may be faster. */
const startAttempts = 3;

const admitTimeoutMs = 30_000;

/** Starts a cluster and waits until every member is healthy. Rejects with the end of a member's log when one does not start. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
	for (let attempt = 1; ; attempt++) {
		const cluster = await prepareCluster(options);
		try {
			await cluster.start(options.members ?? 3);
			return cluster;
		} catch (error) {
			await cluster.stop();
			if (attempt === startAttempts || !String(error).includes('address already in use')) {
				throw error;
			}
		}
	}
}

async function prepareCluster(options: ClusterOptions): Promise<LoopbackCluster> {
	const directory = await mkdtemp(join(await temporaryRoot(), 'etcdtop-'));
	const reaper = options.reaper && startReaper(options.reaper, directory);
	try {
		const certificates = options.tls === 'none' ? undefined : await makeCertificates(directory, options);
		const tls = certificates === undefined ? {} : await readTls(certificates);
		return new LoopbackCluster(options, {directory, certificates, tls, release: () => reaper?.stdin?.end()});
	} catch (error) {
		await rm(directory, {recursive: true, force: true});
		throw error;
	}
}

/** Logs are laid out in files of 64 MB, of which a member keeps a few; a container often has 64 MB of shared memory in all. */
const neededMemoryBytes = 2 * 1024 ** 3;

/** Memory where there is enough: etcd syncs every write, and nothing here has to outlive the machine. */
async function temporaryRoot(): Promise<string> {
	const memory = '/dev/shm';
	try {
		await access(memory, constants.W_OK);
		const {bavail, bsize} = await statfs(memory);
		if (bavail * bsize >= neededMemoryBytes) {
			return memory;
		}
	} catch {
		// Not a Linux, or not for us.
	}
	return realpath(tmpdir());
}

async function makeCertificates(directory: string, options: ClusterOptions): Promise<CertificateFiles> {
	const authority = options.authority ?? (await createAuthority());
	return writeCertificates(directory, {
		authority,
		...(options.serverCertificate && {server: options.serverCertificate}),
		...(options.clientCertificate && {client: options.clientCertificate}),
	});
}

async function readTls(files: CertificateFiles): Promise<GatewayTls> {
	const [ca, cert, key] = await Promise.all([files.cacert, files.cert, files.key].map((path) => readFile(path, 'utf8')));
	return {ca: ca!, cert: cert!, key: key!};
}

/** For some seconds after a start, and after every new member, etcd takes no further one: `unhealthy cluster`. */
async function admit(through: ClusterMember, request: {peerURLs: readonly string[]; isLearner: boolean}): Promise<void> {
	const deadline = performance.now() + admitTimeoutMs;
	for (;;) {
		try {
			await through.call('/v3/cluster/member/add', request);
			return;
		} catch (error) {
			if (performance.now() > deadline || !/unhealthy cluster|not started|re-configuration/.test(String(error))) {
				throw error;
			}
			await sleep(200);
		}
	}
}

type Place = {
	readonly directory: string;
	readonly certificates: CertificateFiles | undefined;
	readonly tls: GatewayTls;
	/** Lets the reaper go. */
	readonly release: () => void;
};

class LoopbackCluster implements Cluster {
	readonly directory: string;
	readonly certificates: CertificateFiles | undefined;
	readonly quotaBytes: number | undefined;
	readonly members: ClusterMember[] = [];
	endpoints: readonly string[] = [];
	readonly #options: ClusterOptions;
	readonly #place: Place;
	/** Peer URLs by name, as `--initial-cluster` wants them. */
	readonly #peers: [string, string][] = [];

	constructor(options: ClusterOptions, place: Place) {
		this.#options = options;
		this.#place = place;
		this.directory = place.directory;
		this.certificates = place.certificates;
		this.quotaBytes = options.quotaBytes;
	}

	get connectionFlags(): readonly string[] {
		const files = this.certificates;
		const endpoints = ['--endpoints', this.endpoints.join(',')];
		if (files === undefined) {
			return endpoints;
		}
		const client = this.#options.tls === 'server' ? [] : ['--cert', files.cert, '--key', files.key];
		return [...endpoints, '--cacert', files.cacert, ...client];
	}

	async start(count: number): Promise<void> {
		const addresses: Address[] = [];
		for (let index = 0; index < count; index++) {
			const address = await this.#address(index);
			addresses.push(address);
			this.#peers.push([address.name, address.peerUrl]);
		}
		this.endpoints = addresses.map((address) => address.advertisedUrl);
		for (const address of addresses) {
			this.members.push(await this.#launch(address, 'new'));
		}
		await Promise.all(this.members.map((member) => member.ready()));
	}

	async addMember({learner = false}: {readonly learner?: boolean} = {}): Promise<ClusterMember> {
		const address = await this.#address(this.members.length);
		const running = this.members.find((member) => member.running);
		if (running === undefined) {
			throw new Error('no member runs that could take another one in');
		}
		await admit(running, {peerURLs: [address.peerUrl], isLearner: learner});
		this.#peers.push([address.name, address.peerUrl]);
		const member = await this.#launch(address, 'existing');
		this.members.push(member);
		await member.ready(learner ? 'answering' : 'healthy');
		return member;
	}

	async stop(): Promise<void> {
		await Promise.all(this.members.map((member) => member.kill()));
		await rm(this.directory, {recursive: true, force: true, maxRetries: 5, retryDelay: 50});
		this.#place.release();
	}

	async #address(index: number): Promise<Address> {
		const {advertiseClientUrl, memberName, namePrefix = 'etcd-', metricsUrls} = this.#options;
		const scheme = this.certificates === undefined ? 'http' : 'https';
		const clientUrl = `${scheme}://127.0.0.1:${await freePort()}`;
		return {
			name: memberName?.(index) ?? `${namePrefix}${index + 1}`,
			clientUrl,
			advertisedUrl: (await advertiseClientUrl?.(clientUrl, index)) ?? clientUrl,
			peerUrl: `${scheme}://127.0.0.1:${await freePort()}`,
			...(metricsUrls && {metricsUrl: `http://127.0.0.1:${await freePort()}`}),
		};
	}

	async #launch(address: Address, state: 'new' | 'existing'): Promise<ClusterMember> {
		const place = join(this.directory, `member-${this.members.length + 1}`);
		await mkdir(place, {mode: 0o700});
		const dataDirectory = join(place, 'data');
		return new ClusterMember({
			...address,
			binary: this.#options.binary ?? 'etcd',
			dataDirectory,
			logFile: join(place, 'etcd.log'),
			flags: [
				`--data-dir=${dataDirectory}`,
				...addressFlags(address),
				`--initial-cluster=${this.#peers.map(([name, url]) => `${name}=${url}`).join(',')}`,
				`--initial-cluster-state=${state}`,
				'--logger=zap',
				'--log-outputs=stderr',
				'--log-level=warn',
				...(this.#options.quotaBytes === undefined ? [] : [`--quota-backend-bytes=${this.#options.quotaBytes}`]),
				...tlsFlags(this.certificates, this.#options.tls),
				...(this.#options.extraFlags ?? []),
			],
			tls: this.#place.tls,
		});
	}
}
