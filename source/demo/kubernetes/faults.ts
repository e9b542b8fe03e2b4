/** What may go wrong, when it is told to. */

export class Faults {
	/** WebSockets get a 403 though the user may open them: something in between does not let them through. */
	refuseUpgrades = false;
	/** Nodes whose kubelet answers nothing: neither exec nor port-forward ever begins there. */
	readonly frozenKubelets = new Set<string>();
	/** A connection is cut shortly after a command with this word began on it. */
	cutOnExec: string | undefined;
}
