/**
 * Makes `dist/` from `source/`: ES modules that need neither `node_modules` nor any file beside themselves.
 * Plain JavaScript, and content with Node 18: it runs on whichever Node is called first in PATH.
 */
import {readdirSync, readFileSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outputDirectory = join(root, 'dist');

/** etcd3 reads its protocol files from its own folder while loading; bundled there is no such folder, so they go in as data. */
const inlineProtocolFiles = {
	name: 'inline-protocol-files',
	setup(plugin) {
		plugin.onLoad({filter: /[\\/]etcd3[\\/]lib[\\/]connection-pool\.js$/}, ({path}) => {
			const source = readFileSync(path, 'utf8');
			const call = /\.loadSync\)\(`\$\{__dirname\}\/\.\.\/proto\/rpc\.proto`,/;
			if (!call.test(source)) {
				throw new Error(`${path} loads its protocol files in a way that source/build.js does not know`);
			}
			// Found from where they are used, so that it is the very protobufjs that will read the data.
			const loaderRequire = createRequire(createRequire(path).resolve('@grpc/proto-loader'));
			const {Root} = loaderRequire('protobufjs');
			const protocol = new Root().loadSync(join(path, '../../proto/rpc.proto'), {keepCase: true}).toJSON();
			return {contents: source.replace(call, () => `.fromJSON)(${JSON.stringify(protocol)},`), loader: 'js'};
		});
	},
};

/** Ink imports React's developer tools when asked to by a variable; the package is not installed and not wanted. */
const withoutDeveloperTools = {
	name: 'without-developer-tools',
	setup(plugin) {
		plugin.onResolve({filter: /^react-devtools-core$/}, ({path}) => ({path, namespace: 'empty'}));
		plugin.onLoad({filter: /.*/, namespace: 'empty'}, () => ({contents: 'export default {};', loader: 'js'}));
	},
};

const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** CommonJS packages inside an ES module still ask for these. */
const banner = [
	"import {createRequire as __createRequire} from 'node:module';",
	"import {fileURLToPath as __fileURLToPath} from 'node:url';",
	'const require = __createRequire(import.meta.url);',
	'const __filename = __fileURLToPath(import.meta.url);',
	"const __dirname = __fileURLToPath(new URL('.', import.meta.url));",
].join('\n');

const {metafile} = await build({
	absWorkingDir: root,
	entryPoints: ['source/main.tsx'],
	outdir: outputDirectory,
	bundle: true,
	// In one file a static import of any part would run before the first frame; apart, the transport loads after it.
	splitting: true,
	format: 'esm',
	platform: 'node',
	target: 'node22',
	jsx: 'automatic',
	define: {'process.env.NODE_ENV': '"production"', ETCDTOP_VERSION: JSON.stringify(version)},
	minifySyntax: true,
	minifyWhitespace: true,
	legalComments: 'eof',
	banner: {js: banner},
	plugins: [inlineProtocolFiles, withoutDeveloperTools],
	metafile: true,
	logLevel: 'warning',
});

// Parts of an earlier build, after the new ones are there: a program that runs meanwhile may still load one.
const written = new Set(Object.keys(metafile.outputs).map((path) => join(root, path)));
for (const name of readdirSync(outputDirectory)) {
	if (!written.has(join(outputDirectory, name))) {
		rmSync(join(outputDirectory, name), {recursive: true});
	}
}
