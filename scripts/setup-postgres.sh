#!/usr/bin/env bash
# Makes sure that PostgreSQL's programs are on this machine, for the throw-away clusters of the tests. It never starts a server, never
# asks for a password, and never fails: without the programs the tests of one engine are skipped, and it says so.
set -euo pipefail

# Test clusters run the programs directly, so they need not be on PATH: these are the places where packages put them,
# the same as in internal/pgcluster.
places() {
  command -v initdb || true
  ls -d /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb \
    /opt/homebrew/opt/postgresql*/bin/initdb /usr/local/opt/postgresql*/bin/initdb \
    /usr/local/pgsql/bin/initdb 2>/dev/null || true
}

found() {
  local initdb
  while read -r initdb; do
    if [ -x "$initdb" ] && [ -x "$(dirname "$initdb")/postgres" ]; then
      return 0
    fi
  done < <(places)
  return 1
}

untested() {
  local line='!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!'
  {
    echo "$line"
    echo "!! POSTGRESQL NOT TESTED: $1"
    echo "!! Every test runs on SQLite; what is tested on PostgreSQL besides is skipped."
    echo "!! To mend it: $2"
    echo "$line"
  } >&2
  exit 0
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_be_root() {
  [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" >/dev/null
}

# Debian's server package makes a cluster and starts it on port 5432. A machine that only wanted to run tests must not get a service,
# so the package is told not to for as long as the installation lasts.
dropin_dir=/etc/postgresql-common/createcluster.d
dropin=$dropin_dir/kefu-tests.conf

forbid_cluster() {
  as_root mkdir -p "$dropin_dir"
  echo 'create_main_cluster = false' | as_root tee "$dropin" >/dev/null
}

allow_cluster() {
  as_root rm -f "$dropin"
  as_root rmdir "$dropin_dir" 2>/dev/null || true
}

install_apt() {
  echo 'Installing PostgreSQL programs for the tests (apt-get; no service is started) ...' >&2
  apt update || return 1
  apt install --no-install-recommends postgresql-common || return 1
  trap allow_cluster EXIT
  forbid_cluster || return 1
  apt install --no-install-recommends postgresql || return 1
}

install_brew() {
  echo 'Installing PostgreSQL programs for the tests (brew; no service is started) ...' >&2
  HOMEBREW_NO_AUTO_UPDATE=1 HOMEBREW_NO_INSTALL_CLEANUP=1 brew install --quiet postgresql@17 >/dev/null
}

main() {
  if [ -n "${KEFU_TEST_POSTGRES:-}" ] || found; then
    return 0
  fi
  if command -v apt-get >/dev/null 2>&1; then
    may_be_root || untested 'its programs are not installed, and this user may not install them.' 'sudo apt-get install postgresql, and run this again.'
    install_apt || untested 'apt-get could not install it (its words are above).' 'apt-get update && apt-get install postgresql, and run this again.'
  elif command -v brew >/dev/null 2>&1; then
    install_brew || untested 'brew could not install it (its words are above).' 'brew install postgresql@17, and run this again.'
  else
    untested 'its programs are not installed, and there is neither apt-get nor brew here.' 'install the PostgreSQL server (14 or later) with initdb, and run this again.'
  fi
  found || untested 'it was installed, but initdb and postgres are not where they are looked for.' 'put their directory on PATH, or set KEFU_TEST_POSTGRES to the URL of a server.'
}

main
