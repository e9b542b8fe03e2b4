declare const safe: unique symbol;

/** Text that holds no control character, escape sequence or bidirectional override: it can be drawn as it is. */
export type SafeText = string & {readonly [safe]: true};
