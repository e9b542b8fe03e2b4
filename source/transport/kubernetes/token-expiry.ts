/** When a token that is a JSON Web Token ends. */
export function tokenExpiry(token: string | undefined): Date | undefined {
	try {
		const [, payload = ''] = token?.split('.') ?? [];
		const {exp} = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {exp?: number};
		return typeof exp === 'number' ? new Date(exp * 1000) : undefined;
	} catch {
		return undefined;
	}
}
