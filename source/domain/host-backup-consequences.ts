/** What a backup on a host means, in the words of its dialog and of its command. */
import type {HostBackupPlan} from './host-backup-run.ts';

/** To be typed where nothing asks for another word: a debug pod is root on its host. */
export const startWord = 'backup';

/** To be typed before what an earlier backup left is removed: a pod that runs may be another's backup. */
export const removeWord = 'remove';

/** The gravest first. */
export function hostBackupConsequences({request, holdsKeys, word, isMigrating}: HostBackupPlan, node: string): readonly string[] {
	const {directory, resourcesDirectory, hostDirectory} = request;
	const together = directory !== undefined && (resourcesDirectory === undefined || resourcesDirectory === directory);
	const where =
		directory === undefined
			? `both files stay on ${node} in ${hostDirectory}`
			: together
				? `both files come to ${directory}, and nothing stays on the host`
				: `the snapshot comes to ${directory}, static_kuberesources to ${resourcesDirectory}, and nothing stays on the host`;
	return [
		`A privileged debug pod on ${node} runs cluster-backup.sh; ${where}.`,
		...(word === undefined
			? []
			: [
					isMigrating
						? 'The backup will be PARTIALLY ENCRYPTED, and is labelled so: some resources in it are encrypted and some are not.'
						: 'The backup may be partially encrypted: nobody tells whether a migration is under way. It is labelled so.',
				]),
		...(holdsKeys
			? [
					`static_kuberesources holds the encryption keys: it is needed to restore, and belongs somewhere else than the snapshot${together ? ' (--kuberesources-dir DIRECTORY)' : ''}.`,
				]
			: []),
	];
}
