# SPDX-License-Identifier: GPL-2.0
# Shared by every host-side script: paths, messages, locking. Sourced, never run.
# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for the scripts that source this

set -euo pipefail
export LC_ALL=C

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
OUT=${BYPASSFS_OUT:-$TOP/qemu/out}
CACHE=${BYPASSFS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bypassfs}
JOBS=${JOBS:-$(nproc)}
KERNELS="6.1 6.12"

mkdir -p "$OUT" "$CACHE"

# A red result is 1; not being able to give any result is 2.
say() { printf '%s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 2; }

# with_lock NAME COMMAND...: one at a time over all processes that share the cache
with_lock() {
	local name=$1; shift
	(
		exec {lock}>"$CACHE/.lock-$name"
		flock "$lock"
		"$@" {lock}>&-
	)
}

# first_line FILE: its first line, or nothing
first_line() { head -n 1 "$1" 2>/dev/null || true; }

# memo NAME COMMAND...: what the command printed, asked once per make target: a script that boots
# many guests calls memo_begin first, and the scripts it starts inherit the answers.
memo_begin() {
	[ -z "${BYPASSFS_MEMO:-}" ] || return 0
	BYPASSFS_MEMO=$(mktemp -d "$OUT/.memo.XXXXXX")
	export BYPASSFS_MEMO
	trap 'rm -rf "$BYPASSFS_MEMO"' EXIT
}

memo() {
	local file=${BYPASSFS_MEMO:-}/$1 new=${BYPASSFS_MEMO:-}/$1.$BASHPID
	if [ -z "${BYPASSFS_MEMO:-}" ]; then
		"${@:2}"
		return
	fi
	if [ ! -e "$file" ]; then
		"${@:2}" >"$new" || return
		mv "$new" "$file"
	fi
	cat "$file"
}

sha256_of() { sha256sum "$1" | cut -d' ' -f1; }
