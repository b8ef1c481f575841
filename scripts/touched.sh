#!/usr/bin/env bash
# Prints the packages whose files differ from a commit (default HEAD), new files included, one a line.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

base="${1:-HEAD}"
{
  git diff --name-only "$base" --
  git ls-files --others --exclude-standard
} | while read -r file; do
  case "$file" in
    */testdata/*) dir="${file%%/testdata/*}" ;;
    *.go | *.sql | *.html | *.yaml) dir="$(dirname "$file")" ;;
    *) continue ;;
  esac
  # SQL and assets are embedded by a package above them.
  while [ "$dir" != . ] && ! ls "$dir"/*.go >/dev/null 2>&1; do dir="$(dirname "$dir")"; done
  if [ -d "$dir" ]; then echo "./$dir"; fi
done | sort -u | while read -r pkg; do
  "${GO:-go}" list "$pkg" 2>/dev/null || true
done
