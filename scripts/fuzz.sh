#!/usr/bin/env bash
# Runs every fuzz target of the named packages, one after another, each for the given time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

go="${GO:-go}"
time="${1:-10s}"
shift || true
[ $# -gt 0 ] || set -- ./...

count=0
for pkg in $("$go" list "$@"); do
  dir="$("$go" list -f '{{.Dir}}' "$pkg")"
  for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$dir"/*_test.go 2>/dev/null); do
    echo "-- $pkg $target" >&2
    "$go" test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$pkg"
    count=$((count + 1))
  done
done
echo "$count fuzz targets, $time each: nothing found" >&2
