import type {ServiceError} from '@grpc/grpc-js';

/** What is known of the connection that a failed call went by. */
export type ConnectionTrace = {
	readonly connected: boolean;
	readonly lastError: NodeJS.ErrnoException | undefined;
	readonly refusedHttp2: boolean;
};

/** A gRPC call that failed, with all that tells why. Stays inside the transport: `explain` makes a `TransportError` of it. */
export class GrpcError extends Error {
	/** gRPC's status code. */
	readonly code: number;
	/** The server's words, or gRPC's own. */
	readonly details: string;
	/** Set when we ended it. */
	readonly ended: 'deadline' | 'dial deadline' | 'stopped' | undefined;
	readonly connection: ConnectionTrace;

	constructor(error: ServiceError, ended: GrpcError['ended'], {connected, lastError, refusedHttp2}: ConnectionTrace) {
		super(error.message, {cause: error});
		this.name = 'GrpcError';
		this.code = error.code;
		this.details = error.details;
		this.ended = ended;
		this.connection = {connected, lastError, refusedHttp2};
	}
}
