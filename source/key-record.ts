/** A row of the table of keys. */
import type {Action} from './actions/index.ts';
import type {KeyName} from './key-event.ts';
import type {Overlay, ScreenEvent} from './screen-state.ts';
import type {ViewId} from './views/view.ts';

export type Section = 'MOVE' | 'LOOK' | 'ACT' | 'PROGRAM';

/** Where a key works: a view, or a dialog on top of it. */
export type Place = ViewId | Overlay['kind'] | 'filter' | 'prompt';

/** What the press is about, beyond the key. */
export type Press = {
	readonly key: KeyName;
	readonly at: number;
	readonly pageRows: number;
	/** The terminal is too small to show what a key would do. */
	readonly unseen?: boolean;
};

export type KeyRecord = {
	readonly keys: readonly KeyName[];
	/** As printed: `↑ ↓ k j`. */
	readonly label: string;
	readonly help: string;
	readonly section: Section;
	readonly places: readonly Place[];
	/** For the footer; the most important have the highest rank. */
	readonly hint?: {readonly text: string; readonly rank: number; readonly label?: string};
	/** What becomes of the screen. A key of a dialog has none: the dialog takes it itself. */
	readonly event?: (press: Press) => ScreenEvent | 'help' | 'quit';
	readonly action?: Action;
	/** Not a row of its own in the help. */
	readonly unlisted?: true;
};
