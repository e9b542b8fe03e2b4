import {failureOf} from '../transport/transport-error.ts';
import {UsageError} from '../usage-error.ts';

/** Why something did not answer, in one sentence: also where it is the kubeconfig that can't be right. */
export function reasonOf(error: unknown): string {
	return error instanceof UsageError ? error.message : failureOf(error).message;
}
