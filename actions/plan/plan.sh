#!/usr/bin/env bash
# From the inputs, which are words of the user and therefore only ever arguments, to the plan and the job's outputs.
set -euo pipefail

plan="$RUNNER_TEMP/plan.json"
args=(--base . --release "$RELEASE" --out "$plan")
configs=()
if [[ -n "$CONFIG" ]]; then
  read -r -d '' -a configs <<<"$CONFIG" || true
fi
if [[ -n "$CONFIG_JSON" ]]; then
  args+=(--config-json-env CONFIG_JSON)
elif ((${#configs[@]} == 0)); then
  configs=(app/app.json)
fi
[[ -z "$TARGETS" ]] || args+=(--targets "$TARGETS")
[[ "$ALLOW_PARTIAL" != true ]] || args+=(--allow-partial)
[[ -n "$SECRETS_ENVIRONMENT" || -z "$SECRETS" ]] || args+=(--secrets-env SECRETS)

{
  printf '%s\n' '### Plan' '' '```'
  xtask plan "${args[@]}" -- ${configs[@]+"${configs[@]}"}
  printf '%s\n' '```'
} >>"$GITHUB_STEP_SUMMARY"
{
  printf 'plan=%s\n' "$plan"
  jq --raw-output '"matrix=\(.matrix | tojson)", "runtimes=\(.runtimes | tojson)", "slug=\(.apps[0].slug)"' "$plan"
} >>"$GITHUB_OUTPUT"
