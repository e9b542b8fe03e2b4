import {expect, test} from 'vitest';
import type {Member} from '../../../source/domain/member.ts';
import {Identities} from '../../../source/transport/grpc/identities.ts';
import {findWays} from '../../../source/transport/grpc/ways.ts';

const clusterId = 'c';

function member(id: string, ...clientUrls: string[]): Member {
	return {id, name: `etcd-${id}`, isLearner: false, clientUrls, peerUrls: []};
}

function wayTo(wanted: Member, given: string[], identities: Identities) {
	const {members, unexplored, isIncomplete} = findWays([wanted, member('b', 'http://b:2379')], given, identities);
	return {endpoint: members[0]?.endpoint, watchOnly: members[0]?.watchOnly !== undefined, unexplored, isIncomplete};
}

test('at first, what the member advertises', () => {
	expect(wayTo(member('a', 'http://a:2379', 'http://10.0.0.1:2379'), ['http://x:1'], new Identities())).toEqual({
		endpoint: 'http://a:2379',
		watchOnly: false,
		unexplored: [],
		isIncomplete: false,
	});
});

test('where it fails, the next URL is tried', () => {
	const identities = new Identities();
	identities.missed('http://a:2379', 'a');
	expect(wayTo(member('a', 'http://a:2379', 'http://10.0.0.1:2379'), [], identities).endpoint).toBe('http://10.0.0.1:2379');
});

test('a given endpoint that answers as this member', () => {
	const identities = new Identities();
	identities.answered('http://x:1', {clusterId, memberId: 'a'});
	expect(wayTo(member('a', 'http://a:2379'), ['http://x:1'], identities).endpoint).toBe('http://x:1');
});

test('a member that went silent stays where it was met, and its other URLs are explored', () => {
	const identities = new Identities();
	identities.answered('http://x:1', {clusterId, memberId: 'a'});
	identities.missed('http://x:1', 'a');
	expect(wayTo(member('a', 'http://a:2379'), ['http://x:1'], identities)).toEqual({
		endpoint: 'http://x:1',
		watchOnly: false,
		unexplored: ['http://a:2379'],
		isIncomplete: false,
	});
});

test('a member that came back with another URL is reached there once it was met there', () => {
	const identities = new Identities();
	identities.answered('http://a:2379', {clusterId, memberId: 'a'});
	identities.missed('http://a:2379', 'a');
	expect(wayTo(member('a', 'http://a:3379'), ['http://a:2379'], identities).unexplored).toEqual(['http://a:3379']);
	identities.answered('http://a:3379', {clusterId, memberId: 'a'});
	expect(wayTo(member('a', 'http://a:3379'), ['http://a:2379'], identities).endpoint).toBe('http://a:3379');
	// Not given, the old URL is forgotten at once.
	const fresh = new Identities();
	fresh.answered('http://a:2379', {clusterId, memberId: 'a'});
	expect(wayTo(member('a', 'http://a:3379'), [], fresh).endpoint).toBe('http://a:3379');
});

test('an endpoint that answered as two members is a balancer, and the last resort', () => {
	const identities = new Identities();
	identities.answered('http://x:1', {clusterId, memberId: 'a'});
	identities.answered('http://x:1', {clusterId, memberId: 'b'});
	expect(wayTo(member('a', 'http://a:2379'), ['http://x:1'], identities)).toMatchObject({
		endpoint: 'http://a:2379',
		watchOnly: false,
	});
	identities.missed('http://a:2379', 'a');
	expect(wayTo(member('a', 'http://a:2379'), ['http://x:1'], identities)).toMatchObject({
		endpoint: 'http://x:1',
		watchOnly: true,
	});
	// One that was met by itself and is dead now is not looked for behind the balancer.
	identities.answered('http://a:2379', {clusterId, memberId: 'a'});
	identities.missed('http://a:2379', 'a');
	expect(wayTo(member('a', 'http://a:2379'), ['http://x:1'], identities)).toMatchObject({
		endpoint: 'http://a:2379',
		watchOnly: false,
	});
});

test('a member that replaced another at the same endpoint makes no balancer of it', () => {
	const identities = new Identities();
	identities.answered('http://x:1', {clusterId, memberId: 'removed'});
	identities.answered('http://x:1', {clusterId, memberId: 'a'});
	expect(wayTo(member('a', 'http://a:2379'), ['http://x:1'], identities)).toMatchObject({
		endpoint: 'http://x:1',
		watchOnly: false,
	});
});

test('advertised URLs that are none of ours are passed over', () => {
	expect(wayTo(member('a', 'unix://a:1', 'nonsense url', 'http://a:2379'), [], new Identities()).endpoint).toBe('http://a:2379');
	expect(wayTo(member('a', 'unix://a:1'), [], new Identities())).toEqual({
		endpoint: undefined,
		watchOnly: false,
		unexplored: [],
		isIncomplete: false,
	});
});
