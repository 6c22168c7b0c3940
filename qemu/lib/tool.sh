# SPDX-License-Identifier: GPL-2.0
# For tests of bpioctl: what it says, its exit status, and instances that run for a while.
# `. "$BPIO_LIB/tool.sh"` after common.sh.
# shellcheck shell=bash

declare -A HELD=()

# status WANT COMMAND...: its exit status; what it printed is in $OUT
status() {
	local want=$1 got=0
	shift
	OUT=$("$@" 2>&1) || got=$?
	[ "$got" = "$want" ] || fail "exit status $got, wanted $want: $*: $OUT"
}

# says TEXT...: the last command did, each of them
says() {
	local text
	for text; do
		[[ $OUT == *"$text"* ]] || fail "does not say '$text': $OUT"
	done
}

# says_not TEXT...: none of them
says_not() {
	local text
	for text; do
		[[ $OUT != *"$text"* ]] || fail "says '$text': $OUT"
	done
}

# hold NAME COMMAND...: runs it beside the test; what it prints is in $BPIO_TMP/NAME. Its standard
# input never ends: it is a pipe that it can write to itself.
hold() {
	local name=$1
	shift
	mkfifo "$BPIO_TMP/$name.in"
	"$@" <>"$BPIO_TMP/$name.in" >"$BPIO_TMP/$name" 2>&1 &
	HELD[$name]=$!
	at_exit end_held
}

# watching NAME: does it have the descriptor that events come from?
watching() {
	local fds
	fds=$(ls -l "/proc/${HELD[$1]}/fd")
	[[ $fds == *'anon_inode:[bypassfs]'* ]]
}

# told NAME TEXT: has it printed that?
told() { grep -qF -- "$2" "$BPIO_TMP/$1"; }

# ended NAME WANT: waits for its end and wants that exit status; its output is in $OUT
ended() {
	local got=0
	wait "${HELD[$1]}" 2>/dev/null || got=$?
	OUT=$(cat "$BPIO_TMP/$1")
	[ "$got" = "$2" ] || fail "exit status $got, wanted $2: $1: $OUT"
	unset "HELD[$1]"
	rm "$BPIO_TMP/$1.in"
}

# let_go NAME [WANT]: asks it to end
let_go() {
	kill -TERM "${HELD[$1]}"
	ended "$1" "${2:-0}"
}

end_held() {
	local name
	for name in "${!HELD[@]}"; do
		kill -KILL "${HELD[$name]}" 2>/dev/null
		wait "${HELD[$name]}" 2>/dev/null
	done
	return 0
}
