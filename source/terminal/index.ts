export {type ColorFlag, type ColorLevel, colorLevel, usesUtf8} from './capabilities.ts';
export {type Mounted, mount} from './mount.tsx';
export {type OpenOptions, openTerminal} from './open-terminal.ts';
export {splitKeys} from './split-keys.ts';
export type {Closed, Terminal} from './terminal.ts';
