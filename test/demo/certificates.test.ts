import {X509Certificate} from 'node:crypto';
import {expect, test} from 'vitest';
import {createAuthority} from '../../source/demo/certificates.ts';

test('an authority signs for the names asked for, for the time asked for', async () => {
	const authority = await createAuthority('one');
	const {certificate, key} = await authority.issue({
		commonName: 'etcd',
		names: ['etcd.example', '10.0.0.1'],
		notBefore: new Date('2020-01-01T00:00:00Z'),
		notAfter: new Date('2020-02-01T00:00:00Z'),
	});
	const parsed = new X509Certificate(certificate);
	expect(parsed.checkIssued(new X509Certificate(authority.certificate))).toBe(true);
	expect(parsed.subjectAltName).toBe('DNS:etcd.example, IP Address:10.0.0.1');
	expect(new Date(parsed.validTo).toISOString()).toBe('2020-02-01T00:00:00.000Z');
	expect(key).toContain('BEGIN PRIVATE KEY');
});

test('two authorities of one name do not sign for each other', async () => {
	const [one, other] = await Promise.all([createAuthority('same'), createAuthority('same')]);
	const {certificate} = await one.issue({commonName: 'etcd'});
	const parsed = new X509Certificate(certificate);
	expect(parsed.verify(new X509Certificate(one.certificate).publicKey)).toBe(true);
	expect(parsed.verify(new X509Certificate(other.certificate).publicKey)).toBe(false);
});
