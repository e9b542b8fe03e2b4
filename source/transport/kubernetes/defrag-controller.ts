/** OpenShift's own defragmentations: the events that tell of them, and the ConfigMap that switches them off. */
import {CoreV1Api, type CoreV1Event} from '@kubernetes/client-node';
import type {DefragController, DefragControllerEvent, Told} from '../../domain/surroundings.ts';
import {listText} from '../../domain/text.ts';
import type {CallOptions} from '../transport.ts';
import {TransportError} from '../transport-error.ts';
import {statusCodeOf} from './api-failure.ts';
import type {KubernetesClient} from './client.ts';
import type {Permission} from './permissions.ts';
import {told} from './told.ts';

const operatorNamespace = 'openshift-etcd-operator';
/** It stands there where the controller is switched off. */
const switchName = 'etcd-disable-defrag';

const eventsPermission: Permission = {verb: 'list', resource: 'events', namespace: operatorNamespace};
const switchPermission: Permission = {verb: 'get', resource: 'configmaps', namespace: operatorNamespace, name: switchName};

/** What may not be asked is named, and nothing beside it. */
export async function defragControllerTold(client: KubernetesClient, call: CallOptions): Promise<Told<DefragController>> {
	const [last, off] = await Promise.all([
		told(eventsPermission, newestEvent(client, call)),
		told(switchPermission, switchStands(client, call)),
	]);
	const denied = [last, off].flatMap((one) => (one.kind === 'denied' ? [one.permission] : []));
	if (denied.length > 0) {
		return {kind: 'denied', permission: listText(denied)};
	}
	if (last.kind !== 'told') {
		return last;
	}
	return off.kind === 'told'
		? {kind: 'told', value: {isSwitchedOff: off.value, ...(last.value !== undefined && {last: last.value})}}
		: off;
}

async function switchStands(client: KubernetesClient, options: CallOptions): Promise<boolean> {
	try {
		await client.request(
			`ConfigMap ${switchName}`,
			CoreV1Api,
			(api, configuration) => api.readNamespacedConfigMap({name: switchName, namespace: operatorNamespace}, configuration),
			options,
		);
		return true;
	} catch (error) {
		if (statusCodeOf(error) === 404) {
			return false;
		}
		throw error;
	}
}

const reasonPattern = /^DefragControllerDefragment(Attempt|Success|Failed)$/;

/** Events lie in the order of their names, so that the newest one may be on any page. */
const eventsOfPage = 500;

/** What has more than this many pages is a flood, in which nobody finds anything. */
const maximumPages = 20;

async function allEvents(client: KubernetesClient, options: CallOptions) {
	const items: CoreV1Event[] = [];
	let date: string | undefined;
	let next: string | undefined;
	for (let page = 0; page < maximumPages; page++) {
		const from = next === undefined ? {} : {_continue: next};
		const {data, headers} = await client.request(
			`events in ${operatorNamespace}`,
			CoreV1Api,
			(api, configuration) =>
				api.listNamespacedEventWithHttpInfo({namespace: operatorNamespace, limit: eventsOfPage, ...from}, configuration),
			options,
		);
		items.push(...data.items);
		date ??= headers['date'];
		next = data.metadata?._continue;
		if (next === undefined || next === '') {
			return {items, date};
		}
	}
	const message = `there are more than ${maximumPages * eventsOfPage} events in ${operatorNamespace}`;
	throw new TransportError({kind: 'unsupported', message, nextStep: 'Look what writes so many.'});
}

/** Of its defragmentations. */
async function newestEvent(client: KubernetesClient, options: CallOptions): Promise<DefragControllerEvent | undefined> {
	const {items, date} = await allEvents(client, options);
	const serverNow = Date.parse(date ?? '');
	const events = items.flatMap(({metadata, reason = '', lastTimestamp, eventTime, series}) => {
		const what = reasonPattern.exec(reason)?.[1] as DefragControllerEvent['what'] | undefined;
		const at = new Date(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? Number.NaN).getTime();
		return what === undefined ? [] : [{what, at, id: `${metadata.name ?? ''} ${Number.isNaN(at) ? '' : at}`}];
	});
	const newest = events.reduce<(typeof events)[number] | undefined>(
		// One whose time can't be read may be the newest.
		(best, event) => (best === undefined || Number.isNaN(event.at) || event.at >= best.at ? event : best),
		undefined,
	);
	if (newest === undefined) {
		return undefined;
	}
	const ageMs = serverNow - newest.at;
	return {id: newest.id, what: newest.what, ageMs: Number.isNaN(ageMs) ? 0 : Math.max(0, ageMs)};
}
