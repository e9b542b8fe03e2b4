/** The little of protocol buffers' wire format that reading etcd's own messages takes. */

/** `varint` holds a number field's 64 bits unsigned, `bytes` a string, bytes or message field. */
export type Field = {readonly number: number; readonly varint: bigint; readonly bytes: Uint8Array};

const noBytes = new Uint8Array();

/** Every field of one message, in its order; repeated ones repeat. Throws RangeError when it is cut off or malformed. */
export function readFields(message: Uint8Array): Field[] {
	const fields: Field[] = [];
	let position = 0;

	function varint(): bigint {
		let value = 0n;
		for (let shift = 0n; shift < 70n; shift += 7n) {
			const byte = message[position++];
			if (byte === undefined) {
				throw new RangeError('message cut off');
			}
			value |= BigInt(byte & 0x7f) << shift;
			if (byte < 0x80) {
				return BigInt.asUintN(64, value);
			}
		}
		throw new RangeError('number too long');
	}

	function take(length: number): Uint8Array {
		const end = position + length;
		if (end > message.length) {
			throw new RangeError('message cut off');
		}
		const bytes = message.subarray(position, end);
		position = end;
		return bytes;
	}

	while (position < message.length) {
		const key = Number(varint());
		const number = Math.floor(key / 8);
		switch (key % 8) {
			case 0:
				fields.push({number, varint: varint(), bytes: noBytes});
				break;
			case 1:
				fields.push({number, varint: 0n, bytes: take(8)});
				break;
			case 2:
				fields.push({number, varint: 0n, bytes: take(Number(varint()))});
				break;
			case 5:
				fields.push({number, varint: 0n, bytes: take(4)});
				break;
			default:
				throw new RangeError('unknown wire type');
		}
	}
	return fields;
}
