/** From the options to etcd by a control-plane host, without the Kubernetes API. */
import type {ConnectionOptions} from './options.ts';
import {asTyped, type Reached} from './reached.ts';
import {ownFiles} from './transport/host/host-files.ts';
import {connectHost} from './transport/host/host-transport.ts';
import {Ssh} from './transport/host/ssh.ts';
import {directPlatform} from './transport/platform.ts';

/** Throws `UsageError` for what can't be a host, `TransportError` where etcd is not found there. */
export async function reachHost(connection: ConnectionOptions, signal?: AbortSignal): Promise<Omit<Reached, 'contexts'>> {
	const {sshHost, reach, user, password, dialTimeoutMs, commandTimeoutMs} = connection;
	const etcd = {dialTimeoutMs, commandTimeoutMs, ...(user !== undefined && {user}), ...(password !== undefined && {password})};
	if (reach !== 'ssh' || sshHost === undefined) {
		const transport = await connectHost({...etcd, kind: 'local', files: ownFiles});
		return {transport, platform: directPlatform, clusterName: 'local'};
	}
	const ssh = asTyped(() => new Ssh({host: sshHost, dialTimeoutMs, ...(signal && {signal})}));
	try {
		const transport = await connectHost({...etcd, kind: 'ssh', files: ssh, dial: ssh.dial});
		const close = transport.close.bind(transport);
		transport.close = () => {
			close();
			ssh.close();
		};
		return {transport, platform: directPlatform, clusterName: ssh.host};
	} catch (error) {
		ssh.close();
		throw error;
	}
}
