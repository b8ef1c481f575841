#!/usr/bin/env bash
# What a change must pass before it is handed in. Cheap questions first; the first "no" ends it, with a word on how to mend it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

go="${GO:-go}"
timeout="${TIMEOUT:-20m}"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

step() { printf -- '-- %s\n' "$*" >&2; }
fail() { printf 'check: %s\n' "$*" >&2; exit 1; }

# The SQLite driver is built against exactly one libc; anything that raises it breaks the driver in ways no compiler sees.
libc=v1.77.1

step gofmt
unformatted="$(git ls-files -z --cached --others --exclude-standard -- '*.go' | xargs -0 sh -c 'for f; do [ -e "$f" ] && gofmt -l "$f"; done; :' sh)"
[ -z "$unformatted" ] || fail "not formatted; run gofmt -w on: $unformatted"

step 'go.mod: the pair of SQLite driver and libc'
have="$("$go" list -m -f '{{.Version}}' modernc.org/libc)"
[ "$have" = "$libc" ] || fail "modernc.org/libc is $have, the SQLite driver needs $libc; a library raised it, pin an older one of that"

step 'go vet'
"$go" vet ./...

step 'floors and house rules'
"$go" test ./internal/archtest

step golangci-lint
${LINT:-$go tool -modfile=tools/go.mod golangci-lint} run ./...

step 'generated files are fresh'
state() { git diff HEAD; git ls-files -z --others --exclude-standard | xargs -0 sh -c 'for f; do git hash-object "$f"; done' sh; }
state >"$scratch/before"
"$go" generate ./...
state >"$scratch/after"
cmp -s "$scratch/before" "$scratch/after" || fail 'generated files were stale; they are fresh now: look at git diff and commit them'

step 'static binary starts and is ready'
CGO_ENABLED=0 "$go" build -trimpath -o "$scratch/kefu" ./cmd/kefu
scripts/smoke.sh "$scratch/kefu"

step 'race tests of the packages touched since HEAD'
touched="$(GO="$go" scripts/touched.sh)"
if [ -z "$touched" ]; then
  echo '   none: nothing differs from HEAD (scripts/touched.sh HEAD~1 names those of the last commit)' >&2
else
  # shellcheck disable=SC2086 # both are lists of words
  ${WITHPG:-} "$go" test -race -timeout "$timeout" $touched
fi
