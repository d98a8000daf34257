#!/bin/sh
# Compiles the plugin into dist/wordcount-c.wasm, by the WASI SDK in WASI_SDK_PATH, or else by clang, lld and wasi-libc of the
# system (Debian: clang lld wasi-libc libclang-rt-14-dev-wasm32).
set -eu
cd "$(dirname "$0")"
mkdir -p dist
if [ -n "${WASI_SDK_PATH:-}" ]; then
    set -- "$WASI_SDK_PATH/bin/clang" --target=wasm32-wasip1
else
    set -- "${CLANG:-clang}" --target=wasm32-wasi
fi
"$@" -std=c11 -Os -flto -Wall -Wextra -Werror -Wl,--strip-all -o dist/wordcount-c.wasm main.c
cp wordcount-c.plugin.json dist/
