import type {ServiceError} from '@grpc/grpc-js';

/** What is known of the connection that a failed call went by. */
export type ConnectionTrace = {
	/** TCP. */
	readonly reached: boolean;
	/** TCP, and TLS where it is spoken. */
	readonly connected: boolean;
	readonly lastError: NodeJS.ErrnoException | undefined;
	readonly refusedHttp2: boolean;
	/** It stood once and was lost before this call, which was not sent. */
	readonly usedUp: boolean;
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

	constructor(
		error: ServiceError,
		ended: GrpcError['ended'],
		{reached, connected, lastError, refusedHttp2, usedUp}: ConnectionTrace,
	) {
		super(error.message, {cause: error});
		this.name = 'GrpcError';
		this.code = error.code;
		this.details = error.details;
		this.ended = ended;
		this.connection = {reached, connected, lastError, refusedHttp2, usedUp};
	}
}
