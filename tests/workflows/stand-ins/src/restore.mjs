// Before the job's steps: takes what the key has.
import { restoreCache } from '@actions/cache'
import * as core from '@actions/core'
import { cachedPaths } from './paths.mjs'

try {
  const key = core.getInput('key', { required: true })
  const hit = await restoreCache(cachedPaths(), key)
  core.saveState('hit', hit ?? '')
  core.setOutput('cache-hit', String(hit === key))
  core.info(hit ? `restored ${hit}` : `no cache for ${key}`)
} catch (error) {
  core.setFailed(error)
}
