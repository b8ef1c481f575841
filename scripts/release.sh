#!/usr/bin/env bash
# Builds the program for each platform named (os/arch) into bin/release/, with SHA256SUMS. The same commit gives the same bytes anywhere.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version="${VERSION:?set VERSION}"
rm -rf bin/release
mkdir -p bin/release

for platform in "$@"; do
  os="${platform%/*}"
  arch="${platform#*/}"
  name="kefu_${version}_${os}_${arch}"
  [ "$os" != windows ] || name="$name.exe"
  echo "-- $name" >&2
  # Stamping the version by hand: a checkout without its history must give the same binary.
  GOOS="$os" GOARCH="$arch" CGO_ENABLED=0 "${GO:-go}" build -trimpath -buildvcs=false -ldflags "${LDFLAGS:-}" -o "bin/release/$name" ./cmd/kefu
done

cd bin/release
if command -v sha256sum >/dev/null 2>&1; then sha256sum kefu_*; else shasum -a 256 kefu_*; fi >SHA256SUMS
cat SHA256SUMS
