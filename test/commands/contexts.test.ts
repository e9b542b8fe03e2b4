import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeEach, expect, test} from 'vitest';
import {runContexts} from '../../source/commands/contexts.ts';
import {UsageError} from '../../source/usage-error.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {contextFor} from './command-context.ts';

let folder: string;

beforeEach(() => {
	folder = temporaryDirectory();
	const config = (name: string, current: string) => ({
		apiVersion: 'v1',
		kind: 'Config',
		'current-context': current,
		contexts: [{name, context: {cluster: name, user: 'ana', namespace: 'etcd'}}],
		clusters: [{name, cluster: {server: `https://${name}.example:6443`}}],
		users: [{name: 'ana', user: {}}],
	});
	writeFileSync(join(folder, 'one'), JSON.stringify(config('prod', 'prod')));
	writeFileSync(join(folder, 'other'), JSON.stringify(config('lab', 'lab')));
	writeFileSync(join(folder, 'not-yaml'), 'a: [');
});

test('a table of all files in KUBECONFIG, the current one marked', () => {
	const context = contextFor('contexts', {environment: {KUBECONFIG: `${folder}/one:${folder}/other:${folder}/missing`}});
	expect(runContexts(context)).toBe(0);
	expect(`\n${context.printed.join('')}\n`).toBe(`
+---------+------+---------+---------------------------+------+-----------+
| CURRENT | NAME | CLUSTER |          SERVER           | USER | NAMESPACE |
+---------+------+---------+---------------------------+------+-----------+
|         | lab  | lab     | https://lab.example:6443  | ana  | etcd      |
| *       | prod | prod    | https://prod.example:6443 | ana  | etcd      |
+---------+------+---------+---------------------------+------+-----------+
`);
});

test('names alone, and JSON', () => {
	const environment = {KUBECONFIG: `${folder}/one:${folder}/other`};
	const simple = contextFor('contexts -w simple', {environment});
	runContexts(simple);
	expect(simple.printed).toEqual(['lab\nprod']);
	const json = contextFor('contexts -w json', {environment});
	runContexts(json);
	expect(JSON.parse(json.printed.join(''))).toContainEqual({
		name: 'prod',
		isCurrent: true,
		cluster: 'prod',
		server: 'https://prod.example:6443',
		user: 'ana',
		namespace: 'etcd',
	});
});

test.each<[line: string, environment: NodeJS.ProcessEnv, message: RegExp]>([
	['contexts', {KUBECONFIG: '/nowhere/config'}, /no kubeconfig: \/nowhere\/config is not there or empty/],
	['contexts --kubeconfig /nowhere/config', {}, /\/nowhere\/config: there is no such file/],
])('%s, with nothing there', (line, environment, message) => {
	const context = contextFor(line, {environment});
	expect(() => runContexts(context)).toThrow(UsageError);
	expect(() => runContexts(context)).toThrow(message);
});

test('a file that is no YAML is named, with the line', () => {
	const context = contextFor('contexts', {environment: {KUBECONFIG: `${folder}/not-yaml`}});
	expect(() => runContexts(context)).toThrow(/not-yaml: not YAML in line \d/);
});
