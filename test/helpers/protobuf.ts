/** Writes protocol buffers, field by field: what a server would send, whichever version it is. */

export function message(fields: readonly Uint8Array[]): Uint8Array {
	return Buffer.concat(fields);
}

export function number(id: number, value: bigint): Uint8Array {
	return value === 0n ? new Uint8Array() : Buffer.concat([varint(BigInt(id * 8)), varint(BigInt.asUintN(64, value))]);
}

/** A string, bytes or message field. */
export function text(id: number, value: string | Uint8Array): Uint8Array {
	const bytes = Buffer.from(value);
	return Buffer.concat([varint(BigInt(id * 8 + 2)), varint(BigInt(bytes.length)), bytes]);
}

function varint(value: bigint): Uint8Array {
	const bytes: number[] = [];
	let rest = value;
	while (rest > 0x7fn) {
		bytes.push(Number(rest & 0x7fn) | 0x80);
		rest >>= 7n;
	}
	return Uint8Array.from([...bytes, Number(rest)]);
}
