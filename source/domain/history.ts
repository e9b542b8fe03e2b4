/** Stub of the type; the real store of a day's figures replaces it. */
export type History = {readonly series: unknown};
