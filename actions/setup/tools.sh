#!/usr/bin/env bash
# Where xtask and deskwright come from: a folder that is given, the cache, a published build with an attestation of our
# own repository, else a compile. `find` names them by what they are made of, `provide` makes sure that they are there,
# `pack BUILT OUT` makes what is published.
set -euo pipefail

readonly PUBLISHER=deskwright/deskwright
# Everything that a build of the two programs reads.
readonly SOURCES=(Cargo.toml Cargo.lock rust-toolchain.toml .cargo config-schema orchestrator xtask template-app/crates)

# The folder's full name, in the form that native programs understand.
full_path() { (cd "$1" && if [[ -n "$exe" ]]; then pwd -W; else pwd; fi); }

exe=""
[[ "$RUNNER_OS" != Windows ]] || exe=".exe"
root="$(full_path "$(dirname "${BASH_SOURCE[0]}")/../..")"
system="$(tr '[:upper:]' '[:lower:]' <<<"$RUNNER_OS-$RUNNER_ARCH")"

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum; else shasum --algorithm 256; fi
}

# Names and bytes in one order on every system, so that a copy anywhere has the same key.
hash_sources() {
  cd "$root"
  find "${SOURCES[@]}" -type f | LC_ALL=C sort | while IFS= read -r file; do
    printf '%s\0' "$file" && cat "$file"
  done | sha256 | cut -c 1-16
}

present() { [[ -f "$1/xtask$exe" && -f "$1/deskwright$exe" ]]; }

published() {
  command -v gh >/dev/null || return 1
  local archive="$RUNNER_TEMP/tools-$system.tar.gz"
  gh release download "tools-${KEY%%-*}" --repo "$PUBLISHER" --pattern "${archive##*/}" --output "$archive" --clobber \
    2>/dev/null || return 1
  if ! gh attestation verify "$archive" --repo "$PUBLISHER"; then
    echo "::warning::the published tools have no valid attestation of $PUBLISHER: not used"
    return 1
  fi
  (cd "$TOOLS" && tar -xzf - <"$archive") && present "$TOOLS"
}

compile() {
  local build="$RUNNER_TEMP/deskwright-build"
  cd "$root"
  cargo build --locked --package xtask --package orchestrator --target-dir "$build"
  cp "$build/debug/xtask$exe" "$build/debug/deskwright$exe" "$TOOLS"
}

case "$1" in
  find)
    given=false tools="$RUNNER_TEMP/deskwright-tools"
    if [[ -n "$TOOLS" ]]; then
      given=true tools="$(full_path "$TOOLS")"
    fi
    key="$(hash_sources)-$system"
    printf '%s\n' "given=$given" "tools=$tools" "target=$system" "key=$key" >>"$GITHUB_OUTPUT"
    ;;
  provide)
    mkdir -p "$TOOLS"
    if [[ "$GIVEN" == false ]] && ! present "$TOOLS" && ! published; then
      compile
    fi
    # A zip of an artifact has no permissions.
    chmod +x "$TOOLS/xtask$exe" "$TOOLS/deskwright$exe"
    printf '%s\n' "$TOOLS" >>"$GITHUB_PATH"
    printf '%s\n' "DESKWRIGHT_ROOT=$root" "DESKWRIGHT_BEGAN=$(date +%s)" >>"$GITHUB_ENV"
    ;;
  pack)
    tar -czf - -C "$2" "xtask$exe" "deskwright$exe" >"$3/tools-$system.tar.gz"
    ;;
esac
