// Checks workflows and actions with GitHub's own language service. One line per finding, exit code 1 when there is one.
//   node lint.mjs ROOT          a folder with .github/workflows and actions
import fs from 'node:fs/promises'
import { register } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parse } from 'yaml'

// The language service imports JSON files without saying that they are JSON, which Node refuses.
register(
  'data:text/javascript,' +
    encodeURIComponent(`export const load = (url, context, next) =>
      next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context)`),
)
const { validate } = await import('@actions/languageservice')
const { FeatureFlags } = await import('@actions/expressions')
const { TextDocument } = await import('vscode-languageserver-textdocument')

const SEVERITIES = ['error', 'error', 'warning', 'information', 'hint']
// What the third-party actions take is what our stand-ins for them take.
const STAND_INS = path.join(path.dirname(fileURLToPath(import.meta.url)), 'stand-ins')
const root = path.resolve(process.argv[2])

const config = {
  featureFlags: new FeatureFlags({ all: false }),
  fileProvider: {
    getFileContent: async (reference) => {
      if ('repository' in reference) throw new Error(`a workflow of another repository: ${reference.repository}`)
      return { name: reference.path, content: await fs.readFile(path.join(root, reference.path), 'utf8') }
    },
  },
  actionsMetadataProvider: {
    fetchActionMetadata: async ({ owner, name }) => {
      const text = await fs.readFile(path.join(STAND_INS, owner, name, 'action.yml'), 'utf8').catch(() => undefined)
      return text && parse(text)
    },
  },
}

const isChecked = (file) => /(^|\/)(\.github\/workflows\/[^/]+|actions\/[^/]+\/action)\.yml$/.test(file)
const all = await fs.readdir(root, { recursive: true, withFileTypes: false }).catch(() => [])
const top = (file) => /^(\.github|actions)\//.test(file)
const files = all.map((file) => file.replaceAll(path.sep, '/')).filter((file) => top(file) && isChecked(file)).sort()

let findings = 0
for (const file of files) {
  const location = path.join(root, file)
  const document = TextDocument.create(pathToFileURL(location).href, 'yaml', 1, await fs.readFile(location, 'utf8'))
  for (const { range, message, severity } of await validate(document, config)) {
    const { line, character } = range.start
    // Without a severity it is an error: the language server protocol leaves that to the reader.
    console.log(`${file}:${line + 1}:${character + 1}: ${SEVERITIES[severity ?? 0]}: ${message.replaceAll('\n', ' ')}`)
    findings += 1
  }
}
console.error(`${files.length} files, ${findings} findings`)
process.exitCode = findings > 0 || files.length === 0 ? 1 : 0
