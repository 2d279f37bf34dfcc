#!/bin/sh
# deps.sh PACKAGE... - install the Debian packages that this machine lacks, and say so.
# With neither root nor sudo it prints the line to run and exits 1.
set -u
missing=
# What another package provides is there too: the nodejs of some sources brings npm and refuses Debian's.
there=$(dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' |
	sed -n 's/^installed //p' | sed 's/([^)]*)//g' | tr -s ', ' '\n')
for p in "$@"; do
	printf '%s\n' "$there" | grep -qxF "$p" || missing="$missing $p"
done
[ -z "$missing" ] && exit 0
missing=${missing# }
if [ "$(id -u)" = 0 ]; then
	as=
elif command -v sudo >/dev/null 2>&1; then
	as="sudo "
else
	echo "These Debian packages are missing. As root, run:" >&2
	echo "  apt-get install -y --no-install-recommends $missing" >&2
	exit 1
fi
echo "Installing with ${as}apt-get: $missing" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A package must not start a service on the user's machine because a test wanted its program.
export DEBIAN_FRONTEND=noninteractive
${as}apt-get update >"$log" 2>&1 || { cat "$log" >&2; echo "apt-get update failed" >&2; exit 1; }
# shellcheck disable=SC2086
${as}env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >"$log" 2>&1 ||
	{ tail -30 "$log" >&2; echo "apt-get install failed" >&2; exit 1; }
