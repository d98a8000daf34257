#!/usr/bin/env bash
# Makes the logs that are marked as produced: each by really running what fails, wrapped as GitHub's runner writes a log.
# Needs xtask, deskwright and fake-github compiled (XTASK, DESKWRIGHT and FAKE_GITHUB name them), npm, cargo, makensis,
# osslsigncode, gpg, jq, Xvfb, and root: a full disk is a small one that is mounted, and verified packages are installed.
#   make-logs.sh [NAME…]        without names, all of them
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../../.." && pwd)"
target="${CARGO_TARGET_DIR:-$root/target}"
XTASK="${XTASK:-$target/debug/xtask}"
DESKWRIGHT="${DESKWRIGHT:-$target/debug/deskwright}"
FAKE_GITHUB="${FAKE_GITHUB:-$target/debug/fake-github}"
for program in "$XTASK" "$DESKWRIGHT" "$FAKE_GITHUB"; do
  [[ -x "$program" ]] || { echo "not compiled: $program" >&2 && exit 3; }
done
export DESKWRIGHT_ROOT="$root" CARGO_TARGET_DIR="$target" LC_ALL=C.UTF-8
export NPM_CONFIG_USERCONFIG=/dev/null NPM_CONFIG_LOGS_MAX=0 NPM_CONFIG_UPDATE_NOTIFIER=false
unset GITHUB_TOKEN GH_TOKEN

config='{ "app": { "name": "Notes", "id": "com.example.notes" }, "content": { "url": "https://example.com" } }'
xtask() { "$XTASK" "$@"; }

# --- the form of a log

# Lines with GitHub's times; what this machine is called does not matter to anybody.
stamped() {
  sed -e "s#$box#/home/runner/work/notes/notes#g" -e "s#$target/debug/##g" -e "s#$root#/home/runner/work/_actions/deskwright/deskwright/v1#g" \
    -e "s#$HOME#/home/runner#g" -e 's#^::error::#\#\#[error]#' |
    awk '{ printf "2026-11-20T08:00:%02d.%07dZ %s\n", 1 + NR / 100, NR % 100 * 1000, $0 }' |
    # What is written over itself, and spaces at ends, are not kept: the project's own rules want neither in a file.
    sed -e 's/Z .*\r/Z /' -e 's/ *$//'
}

# record NAME CAUSE STEP SCRIPT: what comes from running SCRIPT, a function and its arguments, in a folder of its own.
record() {
  local name="$1" cause="$2" step="$3" code=0
  shift 3
  ((${#wanted[@]} == 0)) || [[ " ${wanted[*]} " == *" $name "* ]] || return 0
  box="$(mktemp -d)"
  echo "$config" >"$box/app.json"
  (cd "$box" && "$@") >"$box.out" 2>&1 || code=$?
  ((code != 0)) || { cat "$box.out" && echo "$name did not fail" >&2 && exit 1; }
  {
    printf '# made: produced by make-logs.sh %s\n# cause: %s\n# step: %s\n' "$name" "$cause" "$step"
    {
      local title script
      script="$(declare -f "$1" | sed '1,2d;$d' | sed 's/^ *//')"
      title="Run ${script%%$'\n'*}"
      [[ "$step" != Run\ * ]] || title="$step"
      printf '##[group]%s\n%s\n' "$title" "$script"
      printf 'shell: /usr/bin/bash --noprofile --norc -e -o pipefail {0}\nenv:\n  CARGO_TARGET_DIR: /home/runner/work/_temp/deskwright\n##[endgroup]\n'
      cat "$box.out"
      printf '##[error]Process completed with exit code %s.\nPost job cleanup.\nCleaning up orphan processes\n' "$code"
    } | stamped
  } >"$here/logs/$name.log"
  rm -rf "$box" "$box.out"
}

# --- what fails

plan_with() {
  echo "$1" >app.json
  xtask plan --base . app.json "${@:2}"
}
plan_with_half_the_secrets() {
  local signing='"signing": { "windows": { "route": "pfx", "timestampUrl": "http://timestamp.digicert.com" } }'
  export SECRETS="WINDOWS_CERTIFICATE=true WINDOWS_CERTIFICATE_PASSWORD=false"
  plan_with "${config% \}}, $signing }" --secrets-env SECRETS
}
plan_twice() {
  export CONFIG="app.json other.json" CONFIG_JSON="$config" TARGETS="" RELEASE=none ALLOW_PARTIAL=false SECRETS="" SECRETS_ENVIRONMENT=""
  export RUNNER_TEMP="$PWD" GITHUB_STEP_SUMMARY="$PWD/summary" GITHUB_OUTPUT="$PWD/output" PATH="$target/debug:$PATH"
  bash "$root/actions/plan/plan.sh"
}

content_with() {
  mkdir -p web src
  printf '{ "app": { "name": "Notes", "id": "com.example.notes" }, "content": { "dir": "web", "build": "%s" } }' "$1" >app.json
  xtask plan --base . --out plan.json app.json >plan.txt
  xtask content --plan plan.json --out content
}
npm_lock() {
  echo '{ "name": "notes", "version": "1.0.0", "dependencies": { "left-pad": "^1.3.0" } }' >package.json
  echo '{ "name": "notes", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "name": "notes", "version": "1.0.0" } } }' \
    >package-lock.json
  content_with 'npm ci && npm run build'
}
npm_script() {
  echo '{ "name": "notes", "version": "1.0.0", "scripts": { "build": "node build.mjs" } }' >package.json
  echo 'import { page } from "./page.mjs"; page();' >build.mjs
  content_with 'npm run build'
}
npm_tool() {
  echo '{ "name": "notes", "version": "1.0.0", "scripts": { "build": "vite build" } }' >package.json
  content_with 'npm run build'
}
npm_engine() {
  echo '{ "name": "notes", "version": "1.0.0", "engines": { "node": ">=99" } }' >package.json
  echo '{ "name": "notes", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "name": "notes", "version": "1.0.0", "engines": { "node": ">=99" } } } }' \
    >package-lock.json
  echo 'engine-strict=true' >.npmrc
  content_with 'npm ci'
}
npm_registry() {
  echo '{ "name": "notes", "version": "1.0.0", "dependencies": { "left-pad": "^1.3.0" } }' >package.json
  node -e 'require("http").createServer((_, r) => { r.statusCode = 503; r.end("down") }).listen(48123, "127.0.0.1")' &
  local server=$!
  printf 'registry=http://127.0.0.1:48123/\nfetch-retries=0\n' >.npmrc
  sleep 1
  local code=0
  content_with 'npm install' || code=$?
  kill "$server"
  return "$code"
}
node_memory() {
  echo 'const all = []; for (;;) all.push(new Array(1e5).fill(all.length));' >build.mjs
  content_with 'node --max-old-space-size=64 build.mjs'
}
killed() {
  # What the kernel does to the largest process when memory is short.
  echo 'process.kill(process.pid, "SIGKILL")' >build.mjs
  content_with 'node build.mjs; exit $?'
}
content_empty() { content_with 'true'; }
content_own() { content_with 'echo the licence server of the design system does not answer >&2; exit 7'; }

crate() {
  mkdir -p src
  printf '[package]\nname = "notes"\nversion = "1.0.0"\nedition = "2024"\n[dependencies]\n%s\n[workspace]\n' "$1" >Cargo.toml
  echo "fn main() { ${2:-} }" >src/main.rs
}
cargo_compile() { crate "" 'let greeting: u32 = "hello"; println!("{greting}");' && CARGO_TARGET_DIR=target cargo build; }
cargo_locked() {
  mkdir -p part/src && touch part/src/lib.rs
  printf '[package]\nname = "part"\nversion = "1.0.0"\nedition = "2024"\n' >part/Cargo.toml
  crate 'part = { path = "part" }'
  cargo generate-lockfile --offline
  sed -i 's/1.0.0/1.1.0/' part/Cargo.toml
  CARGO_TARGET_DIR=target cargo build --locked --offline
}
cargo_download() {
  crate 'left-pad = "1"'
  mkdir -p .cargo
  printf '[source.crates-io]\nreplace-with = "mirror"\n[source.mirror]\nregistry = "sparse+https://index.crates.invalid/"\n[net]\nretry = 0\n' \
    >.cargo/config.toml
  CARGO_TARGET_DIR=target cargo build
}
cargo_linker() { crate "" && CARGO_TARGET_DIR=target cargo build --config 'target.x86_64-unknown-linux-gnu.linker="x86_64-linux-musl-gcc"'; }

disk_full() {
  mkdir disk && mount -t tmpfs -o size=512k none disk
  local code=0
  cp -R "$root/xtask" disk/tools || code=$?
  umount disk
  return "$code"
}
apt_fetch() {
  mkdir -p etc/preferences.d etc/apt.conf.d lists/partial archives/partial
  echo 'deb [trusted=yes] http://127.0.0.1:9/ubuntu jammy main' >etc/sources.list
  local options=(-o Dir::Etc="$PWD/etc" -o Dir::State::lists="$PWD/lists" -o Dir::Cache="$PWD" -o APT::Update::Error-Mode=any)
  apt-get "${options[@]}" update --quiet
}
apt_package() { apt-get install --yes --quiet libwebkit2gtk-4.1-nothing; }

makensis_script() {
  printf 'OutFile installer.exe\nSection\n  File "notes.exe"\nSectionEnd\n' >installer.nsi
  makensis -V2 -INPUTCHARSET UTF8 installer.nsi
}

# A throw-away certificate, and something to sign with it.
pfx() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=Notes 2>/dev/null
  openssl pkcs12 -export -inkey key.pem -in cert.pem -out cert.pfx -passout "pass:$1" 2>/dev/null
  WINDOWS_CERTIFICATE="$(base64 <cert.pfx)"
  export WINDOWS_CERTIFICATE
  printf 'OutFile notes.exe\nSection\nSectionEnd\n' >n.nsi && makensis -V0 n.nsi
}
sign_windows() {
  local signing="\"signing\": { \"windows\": { \"route\": \"pfx\", \"timestampUrl\": \"$1\" } }"
  echo "${config% \}}, $signing }" >app.json
  xtask sign "${2:-notes.exe}" --config app.json --target windows-x64
}
windows_password() { pfx right && WINDOWS_CERTIFICATE_PASSWORD=wrong-one-42 sign_windows http://timestamp.digicert.com; }
windows_timestamp() { pfx right && WINDOWS_CERTIFICATE_PASSWORD=right sign_windows http://127.0.0.1:9/timestamp; }
windows_damaged() { pfx right && head -c 300 n.nsi >notes.exe && WINDOWS_CERTIFICATE_PASSWORD=right sign_windows http://127.0.0.1:9/timestamp; }
windows_base64() { pfx right && WINDOWS_CERTIFICATE='C:\cert.pfx' WINDOWS_CERTIFICATE_PASSWORD=right sign_windows http://127.0.0.1:9; }
secrets_missing() {
  echo "${config% \}}, \"signing\": { \"linux\": \"gpg\" } }" >app.json
  touch notes.deb
  xtask sign notes.deb --config app.json --target linux-x64
}
gpg_passphrase() {
  local home="$PWD/gnupg"
  mkdir -m 700 "$home"
  gpg --homedir "$home" --batch --quiet --pinentry-mode loopback --passphrase right --quick-generate-key notes@example.com rsa2048 sign 2d
  GPG_PRIVATE_KEY="$(gpg --homedir "$home" --batch --pinentry-mode loopback --passphrase right --armor --export-secret-keys)"
  gpgconf --homedir "$home" --kill all
  echo "${config% \}}, \"signing\": { \"linux\": \"gpg\" } }" >app.json
  package notes true >/dev/null
  GPG_PRIVATE_KEY="$GPG_PRIVATE_KEY" GPG_PASSPHRASE=wrong-one-42 xtask sign notes.deb --config app.json --target linux-x64
}
updates_key() {
  xtask sign --generate-updater-key one.key >public.txt 2>/dev/null
  xtask sign --generate-updater-key two.key >/dev/null 2>&1
  local updates="\"updates\": { \"github\": true, \"publicKey\": \"$(tr -d '\n' <public.txt)\" }"
  echo "${config% \}}, $updates }" >app.json
  package notes true >/dev/null
  TAURI_SIGNING_PRIVATE_KEY="$(cat two.key)" xtask sign notes.deb --config app.json --target linux-x64
}

# --- verifying: trees whose package holds a script in place of the app

# package NAME POSTINST APP: a Debian package
package() {
  mkdir -p root/DEBIAN root/usr/bin root/usr/share/applications
  printf 'Package: %s\nVersion: 0.1.0\nArchitecture: amd64\nMaintainer: N <n@example.com>\nDescription: notes\n' "$1" >root/DEBIAN/control
  printf '#!/bin/sh\n%s\n' "$2" >root/DEBIAN/postinst
  printf '#!/bin/sh\n%s\n' "${3:-true}" >"root/usr/bin/$1"
  printf '[Desktop Entry]\nType=Application\nName=Notes\nExec=%s\n' "$1" >"root/usr/share/applications/$1.desktop"
  chmod +x root/DEBIAN/postinst "root/usr/bin/$1"
  dpkg-deb --root-owner-group --build root notes.deb
}
verify_with() {
  xtask render app.json --out tree >/dev/null
  package notes "$1" "$2" >/dev/null
  mkdir -p tree/target/release/bundle
  printf '{ "format": 1, "target": "linux-x64", "signing": "none", "artifacts": [{ "kind": "deb", "path": "%s", "sha256": "%s", "size": %s }] }' \
    "$PWD/notes.deb" "$(sha256sum notes.deb | cut -d ' ' -f 1)" "$(stat -c %s notes.deb)" >tree/target/release/bundle/artifacts.json
  xtask verify tree --timeout 1
}
told='{"ok":%s,"app":{"id":"com.example.notes","name":"Notes","version":"0.1.0"},"window":null%s}'
# Something to see, for the picture of the screen.
paint='display -window root rose:; '
good="echo '$(printf "$told" true "")'; cat >/dev/null"
verify_blank() { verify_with true "$good"; }
verify_litter() {
  local code=0
  verify_with 'touch /etc/verify-litter.conf' "$paint$good" || code=$?
  rm -f /etc/verify-litter.conf
  return "$code"
}
verify_crash() { verify_with true 'echo "error while loading shared libraries: libwebkit2gtk-4.1.so.0: cannot open shared object file" >&2; exit 127'; }
verify_hang() { verify_with true 'exec sleep 1000'; }
verify_test() { verify_with true "${paint}echo '$(printf "$told" false ',"error":"the page answered with HTTP status 404"')'; cat >/dev/null; exit 1"; }
verify_install() { verify_with 'echo "no such luck" >&2; exit 1' "$good"; }

# --- the end of a build

finalise() {
  mkdir -p artifacts
  xtask plan --base . --out plan.json app.json >plan.txt
  xtask content --plan plan.json --out content >/dev/null 2>&1
  xtask finalise --plan plan.json --artifacts artifacts --content content --out release --commit 0000000000000000000000000000000000000000
}
all_green() {
  export NEEDS='{ "plan": { "result": "success" }, "build": { "result": "failure" }, "finalise": { "result": "failure" } }' ALLOW_PARTIAL=false
  sed -n '/name: Judge the jobs/,/env:/p' "$root/.github/workflows/build-app.yml" | sed '1,2d;$d' >judge.sh
  bash -e judge.sh
}
# release_check TAG PRIVATE: a repository that has the tag
release_check() {
  "$FAKE_GITHUB" --repository o/notes >fake.json &
  local fake=$! code=0
  until [[ -s fake.json ]]; do sleep 0.1; done
  local url commit auth='Authorization: Bearer fake-token'
  url="$(jq --raw-output .url fake.json)"
  commit="$(curl --silent --header "$auth" "$url/repos/o/notes/git/ref/heads/main" | jq --raw-output .object.sha)"
  curl --silent --output tag.json --header "$auth" --json "{ \"ref\": \"refs/tags/$1\", \"sha\": \"$commit\" }" "$url/repos/o/notes/git/refs"
  xtask plan --base . --release publish --out plan.json app.json >plan.txt
  GITHUB_TOKEN="${2:-fake-token}" "$DESKWRIGHT" release plan.json --check --repo o/notes --github-url "$url" || code=$?
  kill -INT "$fake"
  return "$code"
}
version_taken() { release_check notes-v0.1.0; }
version_lower() { release_check notes-v0.2.0; }

# --- all of them

wanted=("$@")
mkdir -p "$here/logs"
record config-invalid config-invalid 'Run $/actions/plan' plan_with '{ "app": { "name": "Notes", "id": "notes" }, "content": { "url": "ftp://example.com" } }'
record config-twice config-usage 'Run $/actions/plan' plan_twice
record config-target config-usage 'Run $/actions/plan' plan_with "$config" --targets linux-x86
record secrets-half secrets-missing 'Run $/actions/plan' plan_with_half_the_secrets
record secrets-missing secrets-missing 'Bundle and sign (Linux)' secrets_missing
record npm-lock npm-lock 'Run $/actions/content' npm_lock
record npm-script npm-script 'Run $/actions/content' npm_script
record npm-tool npm-not-installed 'Run $/actions/content' npm_tool
record npm-engine npm-engine 'Run $/actions/content' npm_engine
record npm-registry npm-registry 'Run $/actions/content' npm_registry
record node-memory out-of-memory 'Run $/actions/content' node_memory
record killed out-of-memory 'Run $/actions/content' killed
record content-empty content-empty 'Run $/actions/content' content_empty
record content-own content-failed 'Run $/actions/content' content_own
record cargo-compile cargo-compile 'Run $/actions/runtime' cargo_compile
record cargo-locked cargo-locked 'Run $/actions/setup' cargo_locked
record cargo-download download 'Run $/actions/runtime' cargo_download
record cargo-linker cargo-linker 'Run $/actions/runtime' cargo_linker
record disk-full disk-full 'Run cp -R "$TOOLS" "$RUNNER_TEMP/out/tools"' disk_full
record apt-fetch download 'Run $/actions/setup' apt_fetch
record apt-package apt-package 'Run $/actions/setup' apt_package
record makensis makensis Bundle makensis_script
record windows-password certificate-password 'Bundle and sign (Windows)' windows_password
record windows-timestamp timestamp 'Bundle and sign (Windows)' windows_timestamp
record windows-damaged osslsigncode 'Bundle and sign (Windows)' windows_damaged
record windows-base64 secret-base64 'Bundle and sign (Windows)' windows_base64
record gpg-passphrase gpg-passphrase 'Bundle and sign (Linux)' gpg_passphrase
record updates-key updates-key 'Bundle and sign (Linux)' updates_key
record verify-blank verify-blank 'Run $/actions/verify' verify_blank
record verify-litter verify-litter 'Run $/actions/verify' verify_litter
record verify-crash verify-start 'Run $/actions/verify' verify_crash
record verify-hang verify-start 'Run $/actions/verify' verify_hang
record verify-test verify-test 'Run $/actions/verify' verify_test
record verify-install verify-install 'Run $/actions/verify' verify_install
record finalise finalise-incomplete 'Run $/actions/finalise' finalise
record all-green all-green 'Judge the jobs' all_green
record version-taken version-taken 'Check that the release is possible' version_taken
record version-lower version-taken 'Check that the release is possible' version_lower
