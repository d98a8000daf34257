// Downloads by name or by pattern. As with GitHub's action, a single match of a pattern is unpacked without a folder.
import { DefaultArtifactClient } from '@actions/artifact'
import * as core from '@actions/core'
import path from 'node:path'

const asExpression = (pattern) =>
  new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`)

try {
  const client = new DefaultArtifactClient()
  const [name, pattern, into] = ['name', 'pattern', 'path'].map((input) => core.getInput(input))
  const { artifacts } = await client.listArtifacts({ latest: true })
  const matches = (artifact) => (name ? artifact.name === name : asExpression(pattern || '*').test(artifact.name))
  const wanted = artifacts.filter(matches)
  if (name && wanted.length === 0) throw new Error(`unable to find the artifact: ${name}`)
  const flat = wanted.length === 1 || core.getBooleanInput('merge-multiple')
  for (const artifact of wanted) {
    const where = path.resolve(flat ? into : path.join(into, artifact.name))
    const { digestMismatch } = await client.downloadArtifact(artifact.id, { path: where, expectedHash: artifact.digest })
    if (digestMismatch) throw new Error(`not what was uploaded: ${artifact.name}`)
    core.info(`downloaded ${artifact.name} to ${where}`)
  }
} catch (error) {
  core.setFailed(error)
}
