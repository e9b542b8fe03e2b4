/** The label of a backup that was taken while an encryption migration was under way: a file beside it that nobody overlooks. */

export function partialLabelName(snapshotName: string): string {
	return `${snapshotName.replace(/\.db$/, '')}.PARTIALLY_ENCRYPTED.txt`;
}

export function partialLabelText(snapshotName: string, type: string): string {
	return `${snapshotName} is partially encrypted: it was taken while a migration of etcd's encryption (${type}) was under way.
Some resources in it are encrypted and some are not. Take another backup once the migration is complete, and keep to that one.
`;
}
