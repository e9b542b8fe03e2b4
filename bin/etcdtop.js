#!/usr/bin/env node
/** Starts the build on a Node that can run it. Written so that old ones can read it and say what they lack. */
import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

/** Ink and React need it; also in package.json under `engines`. */
const neededMajor = 22;
const neededMinor = 19;

const [major, minor] = process.versions.node.split('.').map(Number);
if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) {
	start();
} else {
	startOnOtherNode();
}

function start() {
	// React picks its build when it loads; the one for development takes twice the time.
	process.env.NODE_ENV = 'production';
	endWithLauncher();
	if (existsSync(new URL('../dist/main.js', import.meta.url))) {
		import('../dist/main.js').catch((error) => {
			console.error(error);
			process.exitCode = 1;
		});
	} else {
		fail('etcdtop is not built yet: run `npm run build`.');
	}
}

/** A checkout on a machine with an older Node: `npm ci` has brought one that is new enough. */
function startOnOtherNode() {
	const node = fileURLToPath(new URL(`../node_modules/node-${process.platform}-${process.arch}/bin/node`, import.meta.url));
	if (!existsSync(node)) {
		fail(
			`etcdtop needs Node.js ${neededMajor}.${neededMinor} or newer; this is ${process.version}. Install a newer one from nodejs.org.`,
		);
		return;
	}
	const arguments_ = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
	// The channel tells the other one when this process is killed.
	const child = spawn(node, arguments_, {stdio: ['inherit', 'inherit', 'inherit', 'ipc']});
	child.on('error', (error) => fail(`etcdtop could not start ${node}: ${error.message}`));
	child.on('exit', (code, signal) => {
		if (signal === null) {
			process.exitCode = code;
		} else {
			process.removeAllListeners(signal);
			process.kill(process.pid, signal);
		}
	});
	for (const signal of ['SIGTERM', 'SIGHUP']) {
		process.on(signal, () => child.kill(signal));
	}
	// The terminal sends these to both of us; forwarded they would count twice.
	for (const signal of ['SIGINT', 'SIGQUIT']) {
		process.on(signal, () => {});
	}
}

/** Started by an older Node that is then killed, this process would go on unseen: its end is taken as a hangup. */
function endWithLauncher() {
	if (process.channel) {
		process.on('disconnect', () => process.kill(process.pid, 'SIGHUP'));
		process.channel.unref();
	}
}

function fail(message) {
	console.error(message);
	process.exitCode = 1;
}
