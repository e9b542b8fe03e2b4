/** Where to connect for an endpoint. A direct connection goes to the endpoint itself; a tunnel puts its own near end here. */
import type {Endpoint} from './endpoint.ts';

export type Address = {
	readonly host: string;
	readonly port: number;
	/** The name that the server's certificate has to hold, where it isn't `host`. */
	readonly tlsName?: string;
};

/** Rejects with `TransportError` when there is no way. */
export type Dial = (endpoint: Endpoint) => Promise<Address>;

export function dialDirectly(serverName?: string): Dial {
	return async ({host, port}) => ({host, port, ...(serverName === undefined ? {} : {tlsName: serverName})});
}
