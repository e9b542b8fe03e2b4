import {Box, Text, useInput, useWindowSize} from 'ink';
import {useState} from 'react';
import {expect, test} from 'vitest';
import {openFake, renderAt} from '../helpers/fake-terminal.ts';

function Typed() {
	const {columns, rows} = useWindowSize();
	const [keys, setKeys] = useState('');
	useInput((input, key) => setKeys((before) => before + (key.upArrow ? '↑' : input)));
	return (
		<Box borderStyle="round" width={columns} height={rows}>
			<Text color="red">
				{columns}×{rows} [{keys}]
			</Text>
		</Box>
	);
}

test('draws at the size of the terminal', async () => {
	expect(await renderAt(<Typed />, 20, 3)).toBe('╭──────────────────╮\n│20×3 []           │\n╰──────────────────╯');
});

test('prints only ASCII where nothing else can be shown', async () => {
	expect(await renderAt(<Text>é 世 ok</Text>, 20, 3, {ascii: true})).toBe('? ?? ok');
});

test('follows keys and resizes, and writes nothing for a frame like the last', async () => {
	const fake = await openFake(<Typed />, 20, 3);
	await fake.send('a');
	await fake.send('\x1b[A');
	expect(await fake.frame()).toContain('20×3 [a↑]');
	await fake.resize(30, 4);
	expect(await fake.frame()).toContain('30×4 [a↑]');
	const {length} = fake.bytes();
	await fake.rerender(<Typed />);
	expect(fake.bytes().length).toBe(length);
	fake.unmount();
});
