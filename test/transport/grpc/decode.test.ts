import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {decimalId, decodeStatus, hexId} from '../../../source/transport/grpc/decode.ts';
import {message, number, text} from '../../helpers/protobuf.ts';

type Json = {
	readonly header: Readonly<Record<'cluster_id' | 'member_id' | 'revision', string>>;
	readonly version: string;
	readonly leader: string;
	readonly storageVersion?: string;
	readonly [number: string]: unknown;
};

/** A member's own Status, which etcd's JSON gateway wrote down, as the message that gRPC carries. */
function asMessage(json: Json): Uint8Array {
	const {cluster_id, member_id, revision} = json.header;
	const field = (id: number, name: string): Uint8Array => number(id, BigInt((json[name] as string | undefined) ?? 0));
	return message([
		text(1, message([number(1, BigInt(cluster_id)), number(2, BigInt(member_id)), number(3, BigInt(revision))])),
		text(2, json.version),
		field(3, 'dbSize'),
		field(4, 'leader'),
		field(5, 'raftIndex'),
		field(6, 'raftTerm'),
		field(7, 'raftAppliedIndex'),
		field(9, 'dbSizeInUse'),
		...(json.storageVersion === undefined
			? []
			: [text(11, json.storageVersion), field(12, 'dbSizeQuota'), text(13, new Uint8Array())]),
	]);
}

test.each(['3.4.23', '3.5.16', '3.5.30', '3.6.8'])('the Status of etcd %s', (version) => {
	const json = JSON.parse(readFileSync(new URL(`../captures/etcd-${version}/gateway-status.json`, import.meta.url), 'utf8'));
	expect(decodeStatus(asMessage(json))).toEqual({
		clusterId: BigInt(json.header.cluster_id).toString(16),
		memberId: BigInt(json.header.member_id).toString(16),
		revision: Number(json.header.revision),
		version,
		dbSizeBytes: Number(json.dbSize),
		dbSizeInUseBytes: Number(json.dbSizeInUse),
		leaderId: BigInt(json.leader).toString(16),
		isLearner: false,
		raftTerm: 2,
		raftIndex: Number(json.raftIndex),
		raftAppliedIndex: Number(json.raftAppliedIndex),
		errors: [],
		...(version === '3.6.8' && {storageVersion: '3.6.0', quotaBytes: 20_971_520}),
	});
});

test('a learner without a leader, under alarms, with text that means harm', () => {
	const status = decodeStatus(
		message([
			text(2, '3.6.8\x1b[2J'),
			text(8, 'etcdserver: no leader'),
			text(8, 'memberID:14193377085800427083 alarm:NOSPACE \x07'),
			number(10, 1n),
			number(12, -1n),
		]),
	);
	expect(status).toMatchObject({
		version: '3.6.8',
		errors: ['etcdserver: no leader', 'memberID:14193377085800427083 alarm:NOSPACE'],
		isLearner: true,
		quotaBytes: -1,
	});
	expect(status).not.toHaveProperty('leaderId');
});

test('ids above 2^53 are exact', () => {
	expect(hexId(14_193_377_085_800_427_083n)).toBe('c4f90142824dae4b');
	expect(hexId('18446744073709551615')).toBe('ffffffffffffffff');
	expect(decimalId('c4f90142824dae4b')).toBe('14193377085800427083');
});

test('a message that is cut off, or none, is refused', () => {
	const whole = message([text(2, '3.5.0'), number(3, 300n)]);
	expect(() => decodeStatus(whole.subarray(0, whole.length - 1))).toThrow(RangeError);
	expect(() => decodeStatus(new Uint8Array(20).fill(0xff))).toThrow(RangeError);
	expect(() => decodeStatus(Buffer.from('HTTP/1.1 400 Bad Request'))).toThrow(RangeError);
});
