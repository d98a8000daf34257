// After the job's steps: keeps the files, unless the key had them.
import { saveCache } from '@actions/cache'
import * as core from '@actions/core'
import { cachedPaths } from './paths.mjs'

try {
  const key = core.getInput('key', { required: true })
  if (core.getState('hit') !== key) {
    await saveCache(cachedPaths(), key)
    core.info(`saved ${key}`)
  }
} catch (error) {
  // A cache that cannot be kept costs time later and nothing else.
  core.warning(error.message)
}
