/**
 * `npm run bench [-- --json FILE]`: what etcdtop costs, on real clusters and in a real pseudo-terminal, beside what it has to reach
 * and beside htop, top and etcdctl where they are installed. Figures are for reading; no test depends on them.
 */
import {writeFileSync} from 'node:fs';
import {delimiter, dirname} from 'node:path';
import {findEtcd} from '../../source/demo/etcd-binary.ts';
import {kubernetesFigures} from './kubernetes-figures.ts';
import {memoryFigures} from './memory-figures.ts';
import {screenFigures} from './screen-figures.ts';
import {workFigures} from './work-figures.ts';

export type Figure = {readonly name: string; readonly value: number; readonly unit: string; readonly toReach?: number};

// Where the machine has none, the one that the demo brings.
const {etcd} = await findEtcd({etcdctl: true, say: console.error});
process.env['PATH'] = [process.env['PATH'], dirname(etcd)].join(delimiter);

const figures: readonly Figure[] = [
	...(await workFigures()),
	...(await kubernetesFigures()),
	...(await screenFigures()),
	...(await memoryFigures()),
];
for (const {name, value, unit, toReach} of figures) {
	const target = toReach === undefined ? '' : `${value <= toReach ? 'reached' : 'MISSED '}  ≤ ${toReach} ${unit}`;
	console.log(`${name.padEnd(52)} ${value.toFixed(value < 10 ? 2 : 0).padStart(9)} ${unit.padEnd(8)} ${target}`);
}
const json = process.argv.indexOf('--json');
const file = process.argv[json + 1];
if (json > 0 && file !== undefined) {
	writeFileSync(file, `${JSON.stringify(figures, undefined, '\t')}\n`);
}
process.exit(0);
