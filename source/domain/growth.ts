/** Room and time that are left to a quota, in words for confirmations. */
import {sizeText} from './text.ts';

/** `headroom 12.3 MiB, about 4 min at the growth seen`, or without a time where nothing grew. */
export function headroomText(bytes: number, growthBytesPerSecond: number | undefined): string {
	const room = `headroom ${sizeText(Math.max(0, bytes))}`;
	if (growthBytesPerSecond === undefined || growthBytesPerSecond <= 0) {
		return `${room}, no growth seen`;
	}
	const minutes = bytes / growthBytesPerSecond / 60;
	return `${room}, ${minutes < 1 ? 'less than 1 min' : `about ${Math.floor(minutes)} min`} at the growth seen`;
}
