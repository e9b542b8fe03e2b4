import type {Controls} from './controls.ts';
import type {DispatchingStore} from './store.ts';

/** Controls that are there from the first frame on; before the engine is, they say so instead of acting. */
export function createLateControls(
	store: DispatchingStore,
): Controls & {readonly connect: (controls: Controls | undefined) => void} {
	let real: Controls | undefined;
	let watchesEncryption = false;
	const notYet = () => store.dispatch({type: 'messageChanged', message: {kind: 'refused', text: 'not connected yet'}});
	const late: Controls = {
		setInterval: (intervalMs) =>
			real === undefined ? store.dispatch({type: 'intervalChanged', intervalMs}) : real.setInterval(intervalMs),
		dismissMessage: () => store.dispatch({type: 'messageChanged', message: undefined}),
		say: (kind, text) => store.dispatch({type: 'messageChanged', message: {kind, text}}),
		openPlan: (scope) => (real === undefined ? notYet() : real.openPlan(scope)),
		setMoveLeader: (move) => real?.setMoveLeader(move),
		closePlan: () => real?.closePlan(),
		startRun: (shown, typed) => real?.startRun(shown, typed),
		stopAfterThis: () => real?.stopAfterThis(),
		choose: (choice) => real?.choose(choice),
		declareOver: (memberId, typed) => real?.declareOver(memberId, typed),
		dismissRun: () => real?.dismissRun(),
		askAlarms: () => (real === undefined ? notYet() : real.askAlarms()),
		openDisarm: (memberId) => (real === undefined ? notYet() : real.openDisarm(memberId)),
		closeDisarm: () => real?.closeDisarm(),
		disarm: (typed) => real?.disarm(typed),
		openCompact: () => (real === undefined ? notYet() : real.openCompact()),
		closeCompact: () => real?.closeCompact(),
		compact: (target, typed) => real?.compact(target, typed),
		dismissCompaction: () => real?.dismissCompaction(),
		openRescue: () => (real === undefined ? notYet() : real.openRescue()),
		scanKeys: () => real?.scanKeys(),
		stopScan: () => real?.stopScan(),
		declineSnapshot: (typed) => real?.declineSnapshot(typed),
		tryWrite: (typed) => real?.tryWrite(typed),
		openHostBackup: (request) => (real === undefined ? notYet() : real.openHostBackup(request)),
		closeHostBackup: () => real?.closeHostBackup(),
		startHostBackup: (shown, typed) => real?.startHostBackup(shown, typed),
		stopHostBackup: () => real?.stopHostBackup(),
		dismissHostBackup: () => real?.dismissHostBackup(),
		removeLeftPod: (what) => real?.removeLeftPod(what),
		dismissRescue: () => real?.dismissRescue(),
		watchEncryption(wanted) {
			watchesEncryption = wanted;
			real?.watchEncryption(wanted);
		},
		openEncryptionPlan: () => (real === undefined ? notYet() : real.openEncryptionPlan()),
		closeEncryptionPlan: () => real?.closeEncryptionPlan(),
		changeEncryption: (type, typed) => real?.changeEncryption(type, typed),
		openBackup: () => (real === undefined ? notYet() : real.openBackup()),
		closeBackup: () => real?.closeBackup(),
		startBackup: (memberId, directory) => real?.startBackup(memberId, directory),
		stopBackup: () => real?.stopBackup(),
		dismissBackup: () => real?.dismissBackup(),
	};
	return {
		...late,
		connect(controls) {
			real = controls;
			if (watchesEncryption) {
				// The view was open before the engine was there.
				real?.watchEncryption(true);
			}
		},
	};
}
