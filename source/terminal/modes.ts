/** Alternate screen, no cursor, pastes marked as such, no wrapping at the last column, nothing on the screen. */
export const enterModes = '\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?7l\x1b[0m\x1b[2J\x1b[H';

/** All of that undone. CAN first: it ends a sequence that was cut in the middle, and prints nothing otherwise. */
export const leaveModes = '\x18\x1b[0m\x1b[?7h\x1b[?2004l\x1b[?25h\x1b[?1049l';
