#!/usr/bin/env bash
# What this job made and what it cost, for people: names, bytes, minutes.
set -euo pipefail

minutes="$((($(date +%s) - DESKWRIGHT_BEGAN + 59) / 60))"
jq --raw-output --arg minutes "$minutes" '
  "### \(.app.slug) \(.app.version) for \(.target)", "",
  "| file | bytes | sha256 |", "|---|---:|---|",
  (.artifacts[] | "| `\(.name)` | \(.size) | `\(.sha256[:16])…` |"),
  "", "Signed: \(.signing). \([.artifacts[].size] | add) bytes in \($minutes) billed minutes of this job."
' "$1" >>"$GITHUB_STEP_SUMMARY"
