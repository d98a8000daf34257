// Copies the stand-ins to a folder and bundles their scripts there, one file each.
//   node build.mjs OUT
import { build } from 'esbuild'
import fs from 'node:fs/promises'
import path from 'node:path'

const SCRIPTS = { 'actions/cache': ['restore', 'save'], 'actions/upload-artifact': ['upload'], 'actions/download-artifact': ['download'] }
const here = import.meta.dirname
const out = path.resolve(process.argv[2])

await fs.cp(path.join(here, 'actions'), path.join(out, 'actions'), { recursive: true })
for (const [action, scripts] of Object.entries(SCRIPTS)) {
  await build({
    entryPoints: scripts.map((script) => path.join(here, 'src', `${script}.mjs`)),
    outdir: path.join(out, action, 'dist'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Some of the clients are CommonJS and ask for Node's own modules by `require`.
    banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
    logLevel: 'warning',
  })
}
