// Uploads what the patterns match. Paths inside the artifact are relative to what the patterns have in common.
import { DefaultArtifactClient } from '@actions/artifact'
import * as core from '@actions/core'
import * as glob from '@actions/glob'
import fs from 'node:fs'
import path from 'node:path'

const commonFolder = (paths) => {
  const [first, ...rest] = paths.map((each) => each.split(path.sep))
  const differs = first.findIndex((part, at) => rest.some((other) => other[at] !== part))
  const folder = (differs < 0 ? first : first.slice(0, differs)).join(path.sep) || path.sep
  return fs.statSync(folder).isFile() ? path.dirname(folder) : folder
}

try {
  const name = core.getInput('name')
  const patterns = core.getInput('path', { required: true })
  const found = await glob.create(patterns, { excludeHiddenFiles: !core.getBooleanInput('include-hidden-files') })
  const files = (await found.glob()).filter((file) => fs.statSync(file).isFile())
  const missing = core.getInput('if-no-files-found')
  if (files.length === 0) {
    if (missing === 'error') throw new Error(`no files were found with the provided path: ${patterns}`)
    core.info('nothing to upload')
  } else {
    const client = new DefaultArtifactClient()
    if (core.getBooleanInput('overwrite')) await client.deleteArtifact(name).catch(() => undefined)
    const compressionLevel = Number(core.getInput('compression-level'))
    const made = await client.uploadArtifact(name, files, commonFolder(found.getSearchPaths()), { compressionLevel })
    core.setOutput('artifact-id', made.id)
    core.setOutput('artifact-digest', made.digest)
    core.info(`uploaded ${name}: ${files.length} files, ${made.size} bytes`)
  }
} catch (error) {
  core.setFailed(error)
}
