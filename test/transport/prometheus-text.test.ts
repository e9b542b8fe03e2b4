import {expect, test} from 'vitest';
import {readPage} from '../../source/transport/prometheus-text.ts';

function read(page: string, ...names: string[]) {
	return readPage(page, new Map(names.map((name) => [name, ''])));
}

test('reads the wanted samples and counts all', () => {
	const page = '# HELP a Text.\n# TYPE a gauge\na 1\nb{x="y"} 2\nc 3\n';
	expect(read(page, 'a', 'b')).toEqual({
		samples: [
			{name: 'a', labels: {}, value: 1},
			{name: 'b', labels: {x: 'y'}, value: 2},
		],
		sampleCount: 3,
	});
});

test.each([
	['2.097152e+07', 20_971_520],
	['1.79539613087e+09', 1_795_396_130.87],
	['-1', -1],
	['+0.5', 0.5],
	['.5', 0.5],
	['NaN', Number.NaN],
	['+Inf', Number.POSITIVE_INFINITY],
	['-Inf', Number.NEGATIVE_INFINITY],
	['12 1395066363000', 12],
])('a value of %s', (text, value) => {
	expect(read(`a ${text}\n`, 'a').samples).toEqual([{name: 'a', labels: {}, value}]);
});

test.each(['0x10', '1,000', '12abc', '', 'e5', '1e', '--1', '1 2 3'])('%j is no value', (text) => {
	expect(read(`a ${text}\n`, 'a').samples).toEqual([]);
});

test('labels with escapes, commas, braces and spaces in them', () => {
	const page = String.raw`a{path="C:\\dir\"x\"",text="one\ntwo",odd="} 7,{",} 5`;
	expect(read(`${page}\n`, 'a').samples).toEqual([
		{name: 'a', labels: {path: 'C:\\dir"x"', text: 'one\ntwo', odd: '} 7,{'}, value: 5},
	]);
});

test.each(['a{x="y} 1', 'a{x=y} 1', 'a{x="y"', 'a{"x"="y"} 1', 'a{x="y" z="w"} 1'])('%j is passed over', (line) => {
	expect(read(`${line}\na 2\n`, 'a').samples).toEqual([{name: 'a', labels: {}, value: 2}]);
});

test('a label called __proto__ is a label like any other', () => {
	const [sample] = read('a{__proto__="x"} 1\n', 'a').samples;
	expect(Object.keys(sample!.labels)).toEqual(['__proto__']);
});

test('tabs, several spaces and carriage returns', () => {
	expect(read('a  1\r\nb\t2\n', 'a', 'b').samples.map(({value}) => value)).toEqual([1, 2]);
});

test('the last figure of a page that is cut off is not believed', () => {
	expect(read('a 1\nb 204', 'a', 'b')).toEqual({samples: [{name: 'a', labels: {}, value: 1}], sampleCount: 1});
});

test('only lines that hold the required text', () => {
	const wanted = new Map([['a', 'x="1"']]);
	expect(readPage('a{x="1"} 5\na{x="2"} 6\n', wanted)).toEqual({
		samples: [{name: 'a', labels: {x: '1'}, value: 5}],
		sampleCount: 2,
	});
});

test.each([
	['nothing', ''],
	['a web page', '<html>\n<body>Hello world</body>\n</html>\n'],
	['JSON', '{"health":"true"}\n{"reason":""}\n'],
	['prose', 'Client sent an HTTP request to an HTTPS server.\n'],
	['bytes', `${String.fromCharCode(...Array.from({length: 256}, (_, code) => code))}\n`],
	['newlines', '\n'.repeat(1000)],
])('%s holds no samples', (_, page) => {
	expect(read(page, 'a')).toEqual({samples: [], sampleCount: 0});
});

test('a line of megabytes takes no time to speak of', () => {
	const started = performance.now();
	read(`a{x="${'\\"'.repeat(1_000_000)}\nb{${'x="y",'.repeat(200_000)}\n`, 'a', 'b');
	expect(performance.now() - started).toBeLessThan(2000);
});
