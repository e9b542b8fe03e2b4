/** What draws each view. */
import {AlarmsView} from './alarms.tsx';
import {BackupsView} from './backups.tsx';
import {Charts} from './charts.tsx';
import {EncryptionView} from './encryption.tsx';
import {Events} from './events.tsx';
import {MemberPage} from './member.tsx';
import {Overview} from './overview.tsx';
import {RescueView} from './rescue.tsx';
import {RestoreView} from './restore.tsx';
import {RunView} from './run.tsx';
import type {View, ViewId} from './view.ts';
import {viewTable} from './view-table.ts';

const components: Readonly<Record<ViewId, View['component']>> = {
	overview: Overview,
	charts: Charts,
	alarms: AlarmsView,
	run: RunView,
	backups: BackupsView,
	rescue: RescueView,
	events: Events,
	encryption: EncryptionView,
	restore: RestoreView,
	member: MemberPage,
};

export const views: readonly View[] = viewTable.map((row) => ({...row, component: components[row.id]}));
