// The cached paths. A cache is found by its paths, and here every job has another temporary folder, so they are taken as
// relative to that; the client takes the workspace for the folder that they are relative to.
import * as core from '@actions/core'
import path from 'node:path'
import process from 'node:process'

export function cachedPaths() {
  const temporary = process.env.RUNNER_TEMP
  process.env.GITHUB_WORKSPACE = temporary
  process.chdir(temporary)
  return core.getMultilineInput('path', { required: true }).map((each) => path.relative(temporary, each))
}
