# SPDX-License-Identifier: GPL-2.0
# What a test starts with: `. "$BPIO_LIB/common.sh"`. Failure is the default: any command that
# fails ends the test, red, with the line and the command. Clean-up is a stack: at_exit.
# shellcheck shell=bash

set -Eeuo pipefail
shopt -s inherit_errexit
trap 'echo "failed: ${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND"' ERR

AT_EXIT=()

# at_exit COMMAND...: run when the test ends, however it ends; the last one first
at_exit() {
	AT_EXIT+=("$(printf '%q ' "$@")")
}

run_at_exit() {
	local status=$? i
	trap - ERR EXIT
	set +e
	cd /
	for ((i = ${#AT_EXIT[@]} - 1; i >= 0; i--)); do
		if ! eval "${AT_EXIT[i]}"; then
			echo "clean-up failed: ${AT_EXIT[i]}"
			[ "$status" != 0 ] || status=1
		fi
	done
	exit "$status"
}
trap run_at_exit EXIT

# part COMMAND...: in a subshell with a clean-up stack of its own, so that it can be repeated
part() {
	(
		AT_EXIT=()
		trap run_at_exit EXIT
		"$@"
	)
}

# fail MESSAGE: red
fail() {
	echo "FAIL: $*"
	exit 1
}

# skip REASON: green only if qemu/skips.list allows it
skip() {
	echo "$*" >/tmp/.skip
	echo "SKIP: $*"
	exit 77
}

note() { echo "$*"; }

# require_command NAME...: skips where a tool is missing
require_command() {
	local name
	for name in "$@"; do
		command -v "$name" >/dev/null || skip "no $name in the guest"
	done
}

# require_fs TYPE: skips where this kernel does not have the file system
require_fs() {
	modprobe -q "$1" 2>/dev/null || true
	grep -qw "$1" /proc/filesystems || skip "this kernel has no $1"
}

# require_module NAME: skips where this kernel does not have the module
require_module() {
	modprobe -q "$1" 2>/dev/null || [ -d "/sys/module/$1" ] || skip "this kernel has no $1"
}

# require_disk VARIABLE: for example require_disk BPIO_PMEM
require_disk() {
	[ -n "${!1:-}" ] || skip "no disk $1 in this guest"
}

# load_module NAME [PARAM=VALUE...]: one of our modules, with what it depends on; unloaded at exit
load_module() {
	local name=$1 dep
	[ ! -d "/sys/module/$name" ] || return 0
	for dep in $(modinfo -F depends "/bpio/ko/$name.ko" | tr ',' ' '); do
		if [ -e "/bpio/ko/$dep.ko" ]; then
			load_module "$dep"
		else
			modprobe "$dep"
		fi
	done
	insmod "/bpio/ko/$name.ko" "${@:2}"
	at_exit rmmod "$name"
}

# as_user NAME COMMAND...: as alice or bob (1000, 1001), without capabilities
as_user() {
	local user=$1
	shift
	setpriv --reuid "$user" --regid "$user" --init-groups --inh-caps=-all \
		--bounding-set=-all -- "$@"
}

# assert_eq GOT WANTED WHAT
assert_eq() {
	[ "$1" = "$2" ] || fail "${3:-value}: got '$1', wanted '$2'"
}

# assert_fails ERRNO COMMAND...: must fail, and say so: ERRNO is the text, as "Text file busy"
assert_fails() {
	local want=$1 out
	shift
	if out=$("$@" 2>&1); then
		fail "should have failed with '$want': $*"
	fi
	[[ $out == *"$want"* ]] || fail "$*: wanted '$want', got: $out"
}

# assert_same_file A B
assert_same_file() {
	cmp -- "$1" "$2" || fail "$1 and $2 differ"
}

# wait_until SECONDS COMMAND...: polls until it succeeds
wait_until() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || fail "still not after the time allowed: $*"
		sleep 0.1
	done
}

# log_since_start: the kernel's messages since this test began
log_since_start() {
	dmesg | sed -n "/bpio-test: begin ${BPIO_TEST//\//\\/}\$/,\$p"
}
