/** An action is a record: key, footer, help overlay, README table, read-only mode and headless form all come from it. */

import type {MemberId} from '../domain/member.ts';
import type {Controls} from '../engine/controls.ts';
import type {State} from '../engine/state.ts';

export type ActionContext = {
	readonly controls: Controls;
	readonly state: State;
	/** The selected member, where the view has one. */
	readonly selected?: MemberId;
};

export type Action = {
	readonly id: string;
	/** As Ink names the key: `d`, `D`. */
	readonly keys: readonly string[];
	/** For the footer: `defragment`. */
	readonly title: string;
	/** For the help: `defragment this member`. */
	readonly help: string;
	/** Changes the cluster: taken away by `--read-only`. */
	readonly dangerous: boolean;
	/** Why it can't be done now, `etcd-2: it is the leader; …`; undefined when it can. */
	readonly disabledReason: (context: Omit<ActionContext, 'controls'>) => string | undefined;
	readonly run: (context: ActionContext) => void;
	/** What the screen shows for it: the dialog that asks first, or a view. */
	readonly opens?:
		| 'plan'
		| 'disarm'
		| 'compact'
		| 'alarms'
		| 'backup'
		| 'host backup'
		| 'encrypt'
		| 'decrypt'
		| 'rescue'
		| 'no snapshot'
		| 'write probe';
	/** The headless form: `defrag`. */
	readonly command?: string;
};
