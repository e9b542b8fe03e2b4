import {describe, expect, it} from 'vitest';
import {alarmsOf, parseAlarm} from '../../source/domain/alarm.ts';
import {observationOf, threeVoters} from './observations.ts';

describe('an alarm', () => {
	it.each([
		['memberID:10501334649042878790 alarm:NOSPACE ', '91bc3c398fb3c146', 'NOSPACE'],
		['memberID:18446744073709551615 alarm:CORRUPT ', 'ffffffffffffffff', 'CORRUPT'],
		['memberID:7118382311938895972 alarm:NOSPACE ', 7118382311938895972n.toString(16), 'NOSPACE'],
		['memberID:1 alarm:HOT ', '1', 'UNKNOWN'],
	])('%s', (text, memberId, alarm) => {
		expect(parseAlarm(text)).toEqual({memberId, alarm});
	});

	it.each(['etcdserver: no leader', '', 'alarm:NOSPACE', 'memberID:x alarm:NOSPACE', `memberID:${'9'.repeat(40)} alarm:NOSPACE`])(
		'is not found in %j',
		(text) => {
			expect(parseAlarm(text)).toBeUndefined();
		},
	);
});

describe("a cluster's alarms", () => {
	it('are told by every member and counted once, CORRUPT first', () => {
		const errors = ['memberID:161 alarm:NOSPACE ', 'memberID:160 alarm:CORRUPT ', 'etcdserver: no leader'];
		expect(alarmsOf(observationOf(threeVoters.map((one) => ({...one, status: {errors}}))))).toEqual([
			{memberId: 'a0', alarm: 'CORRUPT'},
			{memberId: 'a1', alarm: 'NOSPACE'},
		]);
	});

	it('are also those that only one member knows of, or of a member that is gone', () => {
		const told = {...threeVoters[1], name: 'etcd-1', status: {errors: ['memberID:9999 alarm:NOSPACE ']}};
		expect(alarmsOf(observationOf([{name: 'etcd-0', status: 'refused'}, told]))).toEqual([{memberId: '270f', alarm: 'NOSPACE'}]);
	});
});
