#!/usr/bin/env bash
# Says in words what to do when Go is missing or too old, before a compiler says it in its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

go="${GO:-go}"
want="$(awk '$1 == "go" { print $2 }' go.mod)"

if ! command -v "$go" >/dev/null 2>&1; then
  echo "Kefu needs Go $want or later, and there is no '$go' on PATH." >&2
  echo "Install it from https://go.dev/dl/ (macOS: brew install go), open a new shell, and run this again." >&2
  exit 1
fi

# An older Go may fetch the one that go.mod asks for by itself, so it is asked from inside the module.
if ! have="$("$go" env GOVERSION 2>/dev/null)"; then
  echo "Kefu needs Go $want or later; $(GOTOOLCHAIN=local "$go" version 2>/dev/null || echo "'$go' does not run") is too old and could not fetch it." >&2
  echo "Install a newer one from https://go.dev/dl/ (macOS: brew upgrade go) and run this again." >&2
  exit 1
fi

# Before 1.21 Go built newer modules without a word until something failed.
minor() { echo "${1#go}" | awk -F '[.a-z]' '{ print $1 * 1000 + $2 }'; }
if [ "$(minor "$have")" -lt "$(minor "$want")" ]; then
  echo "Kefu needs Go $want or later; this is $have." >&2
  echo "Install a newer one from https://go.dev/dl/ (macOS: brew upgrade go) and run this again." >&2
  exit 1
fi
