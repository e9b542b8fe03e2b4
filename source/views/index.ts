/** The table of views: number key, tab, footer and help come from it. */
import {AlarmsView} from './alarms.tsx';
import {Charts} from './charts.tsx';
import {Events} from './events.tsx';
import {MemberPage} from './member.tsx';
import {Overview} from './overview.tsx';
import {RunView} from './run.tsx';
import type {View} from './view.ts';

export const views: readonly View[] = [
	{id: 'overview', number: 1, title: 'Overview', component: Overview},
	{id: 'charts', number: 2, title: 'Charts', component: Charts},
	{id: 'alarms', number: 3, title: 'Alarms', component: AlarmsView},
	{id: 'run', number: 4, title: 'Run', component: RunView},
	{id: 'events', number: 5, title: 'Events', component: Events},
	{id: 'member', title: 'Member', component: MemberPage},
];
