/** What is wrong with a snapshot's file, in one line. Expected: files are cut, and disks rot. */
export class SnapshotDamage extends Error {
	override readonly name = 'SnapshotDamage';
}
