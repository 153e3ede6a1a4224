#!/usr/bin/env bash
# Runs once, when the container is made (in Codespaces: when it is prebuilt). Deno comes from npm, at the
# version that the workflows' set-up action states; the packages go into its cache, so that no cell
# downloads anything; the kernel goes where the editor looks for it.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -nE 's/^ +deno-version: ([0-9.]+)$/\1/p' .github/actions/setup/action.yml)
npm install --global --no-audit --no-fund "deno@$version"
deno install --frozen
deno run --frozen --allow-read --allow-write --allow-env scripts/kernelspec.ts \
  "${JUPYTER_DATA_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/jupyter}"
