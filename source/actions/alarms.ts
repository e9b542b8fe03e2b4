import type {Action} from './action.ts';

/** Reading only; that it is a raft proposal is why no poll does it. */
export const alarms: Action = {
	id: 'alarms',
	keys: ['a'],
	title: 'alarms',
	help: 'alarms, asked of etcd',
	dangerous: false,
	disabledReason: () => undefined,
	run() {},
	opens: 'alarms',
	command: 'alarm',
};

export const askAgain: Action = {
	id: 'ask-again',
	keys: ['r'],
	title: 'ask again',
	help: 'ask etcd for its alarms again',
	dangerous: false,
	disabledReason: () => undefined,
	run({controls}) {
		controls.askAlarms();
	},
};
