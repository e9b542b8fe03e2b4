/** `--via ssh` through a real sshd on loopback, to real etcd. */
import {readdirSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, it, onTestFinished, vi} from 'vitest';
import {connectHost} from '../../../source/transport/host/host-transport.ts';
import {Ssh} from '../../../source/transport/host/ssh.ts';
import {failureOf} from '../../../source/transport/host/ssh-failure.ts';
import type {Transport} from '../../../source/transport/transport.ts';
import {type Cluster, clusterForSuite} from '../../helpers/cluster.ts';
import {temporaryDirectory} from '../../helpers/engine.ts';
import {type Sshd, sshdForSuite, sshdForTest, whyNoSshd} from '../../helpers/sshd.ts';
import {describeTransport} from '../contract.ts';
import {failure} from '../failure.ts';
import {madeUpHost} from './made-up-host.ts';

const lacking = await whyNoSshd();
const shared = lacking === undefined ? await sshdForSuite() : (undefined as never);
const timeouts = {dialTimeoutMs: 4000, commandTimeoutMs: 5000};

async function through({command, host}: Sshd, cluster: Cluster): Promise<Transport> {
	const ssh = new Ssh({host, command, dialTimeoutMs: timeouts.dialTimeoutMs});
	const transport = await connectHost({kind: 'ssh', files: ssh, root: madeUpHost(cluster), dial: ssh.dial, ...timeouts}).catch(
		(error: unknown) => {
			ssh.close();
			throw error;
		},
	);
	const close = transport.close.bind(transport);
	transport.close = () => {
		close();
		ssh.close();
	};
	return transport;
}

const patienceMs = 20_000;

if (lacking === undefined) {
	describeTransport({
		name: 'ssh',
		// Every connection is a process.
		shortMs: 1500,
		connect: async (cluster) => through(shared, cluster),
	});
}

describe.skipIf(lacking !== undefined)(
	`through a real sshd${lacking === undefined ? '' : ` (skipped: ${lacking})`}`,
	async () => {
		const cluster = lacking === undefined ? await clusterForSuite({members: 1}) : (undefined as never);

		it('says how etcd is reached, and leaves nothing behind', async () => {
			// Of its own: other tests log in meanwhile.
			const temporary = temporaryDirectory();
			const logins = () => readdirSync(temporary).filter((name) => name.startsWith('etcdtop-ssh-'));
			vi.stubEnv('TMPDIR', temporary);
			onTestFinished(() => void vi.unstubAllEnvs());
			const transport = await through(shared, cluster);
			expect(transport.connection).toMatchObject({
				kind: 'ssh',
				found: expect.stringMatching(new RegExp(`^kubeadm: the static pod .* on ${shared.host}$`)),
			});
			await transport.membership({timeoutMs: 5000});
			expect(logins()).toHaveLength(1);
			transport.close();
			await vi.waitFor(() => expect(logins()).toEqual([]), patienceMs);
		});

		it('a login that was cut is made again', async () => {
			const sshd = await sshdForTest();
			const transport = await through(sshd, cluster);
			const {members} = await transport.membership({timeoutMs: 5000});
			await sshd.stop();
			await expect(transport.status(members[0]!, {timeoutMs: 1000})).rejects.toThrow();
			await sshd.start();
			const deadline = performance.now() + 20_000;
			for (;;) {
				const answer = await transport.status(members[0]!, {timeoutMs: 3000}).catch(() => undefined);
				if (answer !== undefined || performance.now() > deadline) {
					expect(answer?.memberId).toBe(members[0]!.id);
					break;
				}
				await sleep(200);
			}
			transport.close();
		}, 60_000);

		it.each<[string, (sshd: Sshd) => Partial<Sshd>, RegExp, RegExp]>([
			[
				'a key that is not let in',
				({command}) => ({command: command.map((word) => word.replace(/\/user$/, '/stranger'))}),
				/Permission denied/,
				/let a key or an agent log you in/,
			],
			[
				'a host that is not known',
				({command}) => ({command: command.map((word) => word.replace(/^UserKnownHostsFile=.*/, 'UserKnownHostsFile=/dev/null'))}),
				/Host key verification failed/,
				/look at the key/,
			],
			[
				'a port where nothing listens',
				({command}) => ({command: command.map((word, index) => (command[index - 1] === '-p' ? '1' : word))}),
				/Connection refused/,
				/sshd runs there/,
			],
			['a name that is none', () => ({host: 'root@nowhere.invalid'}), /Could not resolve hostname/, /Check the name/],
			['no ssh at all', () => ({command: ['/nowhere/ssh']}), /ENOENT/, /Install an SSH client/],
		])(
			'%s: what ssh says, and the way out',
			async (_, change, message, nextStep) => {
				const found = await failure(through({...shared, ...change(shared)}, cluster));
				expect(found.message).toMatch(message);
				expect(found.nextStep).toMatch(nextStep);
				// It says nothing of etcd's process: `refused` would let somebody call that dead.
				expect(found).toMatchObject({beforeEtcd: true, kind: expect.not.stringMatching('refused')});
			},
			60_000,
		);
	},
);

it.each(['', '-oProxyCommand=touch /tmp/x'])('"%s" is no host, and nothing is left of it', (host) => {
	const temporary = temporaryDirectory();
	vi.stubEnv('TMPDIR', temporary);
	onTestFinished(() => void vi.unstubAllEnvs());
	expect(() => new Ssh({host, dialTimeoutMs: 1000})).toThrow('is no host');
	expect(readdirSync(temporary)).toEqual([]);
});

it('nothing of what ssh says moves a terminal', () => {
	expect(failureOf('cp-1', 'a\n\u001b[2Jssh: evil\u0007\n').message).toBe('ssh cp-1: ssh: evil');
});
