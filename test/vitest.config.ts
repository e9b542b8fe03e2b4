import {fileURLToPath} from 'node:url';
import {configDefaults, defineConfig} from 'vitest/config';

/** They wait real minutes and use no processor, so they run beside the others instead of before them. */
const cooldownTests = ['test/**/*.cooldown.test.{ts,tsx}'];

export default defineConfig({
	root: fileURLToPath(new URL('..', import.meta.url)),
	test: {
		pool: 'forks',
		// Real members run beside every worker: more workers than this only make each other time out.
		maxWorkers: 2,
		hookTimeout: 90_000,
		teardownTimeout: 20_000,
		// Real processes on a machine that may be busy: what fails once is tried once more, and the report says so.
		retry: 1,
		// On a busy machine a condition that will hold takes its time; only one that never does waits for all of it.
		expect: {poll: {timeout: 20_000}},
		projects: [
			{
				extends: true,
				test: {name: 'cooldown', include: cooldownTests, testTimeout: 420_000},
			},
			{
				extends: true,
				test: {
					name: 'rest',
					include: ['test/**/*.test.{ts,tsx}'],
					exclude: [...configDefaults.exclude, ...cooldownTests],
					testTimeout: 60_000,
				},
			},
		],
	},
});
