import type {MemberId} from './member.ts';

/** etcd's own alarm. Our thresholds are alerts (`alerts.ts`). */
export type Alarm = {
	readonly memberId: MemberId;
	readonly alarm: 'NOSPACE' | 'CORRUPT' | 'UNKNOWN';
};
