import type {AcquireLock} from './run-lock.ts';

type Acquired = Awaited<ReturnType<AcquireLock>>;

/** A command waits for another's run to end, and has to be stopped meanwhile: a lock that comes after that is given back. Never rejects. */
export async function acquireUnlessStopped(acquire: () => Promise<Acquired>, signal: AbortSignal): Promise<Acquired> {
	const {promise: stopped, resolve: stop} = Promise.withResolvers<Acquired>();
	const onAbort = () => stop({kind: 'held', heldBy: ''});
	signal.addEventListener('abort', onAbort, {once: true});
	const asked = acquire().catch(
		(error: unknown): Acquired => ({kind: 'held', heldBy: `the run lock can't be had: ${String(error)}`}),
	);
	const lock = await Promise.race([asked, stopped]);
	signal.removeEventListener('abort', onAbort);
	if (signal.aborted) {
		void asked.then((late) => late.kind === 'acquired' && late.lock.release());
		return {kind: 'held', heldBy: ''};
	}
	return lock;
}
