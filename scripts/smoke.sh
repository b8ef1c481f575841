#!/usr/bin/env bash
# Starts a binary with no configuration at all in an empty folder, waits until /readyz answers 200, and stops it as an operator would.
set -euo pipefail

binary="$(cd "$(dirname "${1:?usage: smoke.sh BINARY}")" && pwd)/$(basename "$1")"
scratch="$(mktemp -d)"
pid=
cleanup() {
  if [ -n "$pid" ]; then kill -KILL "$pid" 2>/dev/null || true; fi
  rm -rf "$scratch"
}
trap cleanup EXIT
cd "$scratch"

fail() {
  printf 'smoke: %s\n' "$*" >&2
  [ ! -s log ] || { printf -- '-- its log:\n' >&2; tail -n 40 log >&2; }
  exit 1
}

ready() {
  if command -v curl >/dev/null 2>&1; then
    curl -fsS --max-time 2 "http://127.0.0.1:$port/readyz" 2>/dev/null
  else
    # Neither curl nor wget is on every machine; bash can ask too.
    exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3 && grep -m1 ' 200 ' <&3
  fi
}

port=$((20000 + RANDOM % 20000))
KEFU_LISTEN="127.0.0.1:$port" "$binary" serve >log 2>&1 &
pid=$!

for _ in $(seq 100); do
  kill -0 "$pid" 2>/dev/null || fail 'it ended instead of serving'
  if (ready) >answer 2>/dev/null; then break; fi
  sleep 0.1
done
[ -s answer ] || fail "no 200 from /readyz within 10 s on port $port"

kill -TERM "$pid"
for _ in $(seq 150); do
  kill -0 "$pid" 2>/dev/null || { wait "$pid" && pid= && exit 0; fail "it ended with status $? after SIGTERM; 0 was expected"; }
  sleep 0.1
done
fail 'it did not end within 15 s of SIGTERM'
