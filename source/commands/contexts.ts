/** `etcdtop contexts`: where the kubeconfig leads. Asks nobody. */
import {asTyped} from '../reached.ts';
import {type ContextEntry, listContexts} from '../transport/kubernetes/kube-context.ts';
import {readKubeconfig} from '../transport/kubernetes/kubeconfig-files.ts';
import {type CommandContext, exitCodes} from './context.ts';
import {type Column, tableText} from './table.ts';

/** As `kubectl config get-contexts` has them, and the server. */
const contextColumns: readonly Column<ContextEntry>[] = [
	{title: 'CURRENT', text: ({isCurrent}) => (isCurrent ? '*' : ''), leaveOut: 1},
	{title: 'NAME', text: ({name}) => name},
	{title: 'CLUSTER', text: ({cluster}) => cluster, leaveOut: 3},
	{title: 'SERVER', text: ({server}) => server ?? 'no such cluster', leaveOut: 2},
	{title: 'USER', text: ({user}) => user, leaveOut: 4},
	{title: 'NAMESPACE', text: ({namespace = ''}) => namespace, leaveOut: 5},
];

export function runContexts({options, environment, print, columns}: CommandContext): number {
	const {kubernetes} = options.connection;
	const contexts = asTyped(() => listContexts(readKubeconfig({...kubernetes, environment})));
	print(
		{
			json: () => JSON.stringify(contexts),
			simple: () => contexts.map(({name}) => name).join('\n'),
			table: () => tableText(contextColumns, contexts, columns),
		}[options.writeOut](),
	);
	return exitCodes.done;
}
