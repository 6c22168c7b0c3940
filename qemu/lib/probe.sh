# SPDX-License-Identifier: GPL-2.0
# For tests of filters: bpio_probe.ko, which makes any filter that is asked for.
# `. "$BPIO_LIB/probe.sh"` after common.sh; the commands are in qemu/modules/probe_main.c.
# shellcheck shell=bash

# probe COMMAND...: fails with the errno of bypassfs
probe() { echo "$*" >/dev/bpio_probe; }

# probe_all COMMAND...: each in one word
probe_all() {
	local command
	for command; do
		probe "$command"
	done
}

# logged LINE...: what the filters' callbacks have written since the last time is exactly that
logged() {
	local got want
	got=$(</dev/bpio_probe)
	want=$(printf '%s\n' "$@")
	[ "$got" = "$want" ] || fail "line ${BASH_LINENO[0]}: filters saw:
$got
wanted:
$want"
}

# calls WANT FILE WORD...: checks filter-calls prints WANT; what filters saw is for logged()
calls() {
	local want=$1 got
	shift
	probe clear
	got=$(checks filter-calls "$@")
	[ "$got" = "$want" ] || fail "line ${BASH_LINENO[0]}: ${*:2}:
got    $got
wanted $want"
}
