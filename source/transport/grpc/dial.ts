/** Where to connect for an endpoint: there itself, or through a tunnel. */
import type {Duplex} from 'node:stream';
import type {Endpoint} from './endpoint.ts';

export type Address = {
	readonly host: string;
	readonly port: number;
	/** The name that the server's certificate has to hold, where it isn't `host`. */
	readonly tlsName?: string;
	readonly tunnel?: Tunnel;
};

export type Tunnel = {
	/** Makes one connection to the far end. Rejects with `TransportError`; the stream ends with one too, where there is something to say. */
	readonly open: () => Promise<Duplex>;
	/** A listener that leads nowhere: gRPC insists on connecting by TCP itself, and the tunnel's stream then takes that one's place. */
	readonly doorstep: {readonly host: string; readonly port: number};
};

/** Rejects with `TransportError` when there is no way. */
export type Dial = (endpoint: Endpoint) => Promise<Address>;

export function dialDirectly(serverName?: string): Dial {
	return async ({host, port}) => ({host, port, ...(serverName === undefined ? {} : {tlsName: serverName})});
}
