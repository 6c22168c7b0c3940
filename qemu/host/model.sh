#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make model: what must hold of the model of the bypass core (module/bypass.pml) does, in all orders
# in which its steps can happen; and each mutant is found, for its reason, or green would prove
# nothing. KTAP. Arguments: only lines whose names hold one of these words.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

MODEL=$TOP/module/bypass.pml
DIR=$OUT/model
N=0 FAILED=0

# NAME: SWITCHES. Small configurations, each with the parties that its claim is about. All that must
# never be, and whether somebody is stuck, is looked for in each; ENDS is for who waits for ever.
claims() {
	cat <<-LIST
	in a stream pause no read skips filters (two readers): READERS=2 WITH_USER
	in a stream pause no read skips filters (asynchronous): READERS=1 WITH_COMPLETION WITH_USER
	in a stream pause no read skips filters (opens): ONE_HANDLE READERS=1 WITH_USER OPENERS=1
	no read skips a filter that must see all (two readers): READERS=2 WITH_BLOCKER
	in a volume pause no read goes to the disk (two readers): READERS=2 WITH_VOLUME
	no read of a disabled handle is bypassed (two readers): READERS=2 OPENERS=1
	no read of a disabled handle is bypassed (two tasks): READERS=1 WITH_COMPLETION CLOSERS=2
	no map without the hold, no writer beside either (two readers): READERS=2 WITH_WRITER
	no block moves under a read (two readers): READERS=2 LAYOUTS
	no block moves under a read (the worker fills the map): READERS=1 LAYOUTS WITH_WORKER
	no block moves under a read (the disk fails it): READERS=1 LAYOUTS WITH_COMPLETION
	counts are right when the locks are free: READERS=0 OPENERS=2 WITH_USER WITH_VOLUME
	a resume ends nobody else's owned pause: READERS=1 WITH_USER WITH_FILTER
	a resume overrides no veto: READERS=1 WITH_USER WITH_FILTER ALL_PLAIN
	an enable overrides no veto: ONE_HANDLE READERS=1 OPENERS=1 WITH_FILTER
	nobody is stuck (writers, volume pause): ONE_HANDLE READERS=1 CLOSERS=1 WITH_VOLUME WITH_WRITER
	nobody is stuck (blocks that move): ONE_HANDLE READERS=1 CLOSERS=1 LAYOUTS WITH_COMPLETION
	a stream pause ends (two readers): FAIR ENDS=USER READERS=2 WITH_USER
	a stream pause ends (worker goes on): FAIR ENDS=USER READERS=1 WITH_WORKER WITH_USER
	a volume pause ends: FAIR ENDS=VOLUME READERS=1 WITH_VOLUME WITH_USER
	an attachment ends (two readers): FAIR ENDS=BLOCKER READERS=2 WITH_BLOCKER
	a writer gets his turn (worker goes on): FAIR ENDS=WRITER READERS=1 WITH_WORKER WITH_WRITER
	LIST
}

# MUTANT, what finds it, switches
mutants() {
	cat <<-LIST
	NO_DRAIN late_read READERS=1 WITH_USER
	ONE_GATE_ONLY late_read READERS=1 WITH_USER
	PAUSED_AFTER_DRAIN late_read READERS=1 WITH_USER
	FILTERED_BEFORE_GATE late_read READERS=1 WITH_USER
	SKIP_OUTSIDE late_read READERS=1 WITH_USER
	LEAVE_AT_SUBMIT late_read READERS=1 WITH_USER
	TURN_ROUND_ELSEWHERE late_read READERS=2 WITH_USER
	ATTACH_WITHOUT_DRAIN late_read READERS=1 WITH_BLOCKER
	ARM_LOOKS_FIRST late_read READERS=1 WITH_VOLUME
	SCAN_BEFORE_PAUSED late_read READERS=1 WITH_VOLUME
	DISABLE_WITHOUT_DRAIN late_disable READERS=1 OPENERS=1
	LOOK_OUTSIDE late_disable READERS=1 OPENERS=1
	NOTHING_TO_DISABLE late_disable READERS=1 CLOSERS=2
	LOOK_BEFORE_INSIDE unheld READERS=1 WITH_VOLUME
	OPEN_BEFORE_MAP unheld READERS=1 OPENERS=1
	ALLOW_BEFORE_DRAIN unheld READERS=1 WITH_WRITER
	ALLOW_BEFORE_UNMAP unheld READERS=1 WITH_WRITER
	NO_ADMIT denied READERS=1 WITH_WRITER
	LOOK_BEFORE_PENDING denied READERS=1 WITH_WRITER
	LEASE_IS_ENOUGH met_move READERS=1 LAYOUTS WITH_WORKER
	FORGIVE_LATE met_move READERS=1 LAYOUTS
	COUNT_AFTER_GATE met_move READERS=1 LAYOUTS
	COUNT_TWICE miscounted READERS=0 OPENERS=1
	COUNT_OUTSIDE miscounted READERS=0 OPENERS=2
	REARM_UNCOUNTED miscounted ONE_HANDLE READERS=1 OPENERS=1
	REST_KEEPS_PAUSED miscounted ONE_HANDLE READERS=0 OPENERS=1 WITH_USER
	RESUME_FOR_ALL late_read READERS=1 WITH_USER WITH_FILTER
	RESUME_BLINDLY refused_read READERS=1 WITH_USER WITH_FILTER ALL_PLAIN
	PAUSE_BEFORE_VETO refused_read READERS=1 WITH_USER WITH_FILTER ALL_PLAIN
	RESUME_FORGETS_NEWER refused_read READERS=1 WITH_USER WITH_FILTER ALL_PLAIN
	ENABLE_ASKS_EARLY refused_read ONE_HANDLE READERS=1 OPENERS=1 WITH_FILTER
	IGNORED_AT_ONCE refused_read ONE_HANDLE READERS=1 OPENERS=1 WITH_FILTER
	LEAVE_LOOKS_FIRST invalid.end.state READERS=1 WITH_USER
	SUM_BEFORE_QUEUE invalid.end.state READERS=1 WITH_USER
	LOCK_INSIDE invalid.end.state READERS=1 WITH_USER
	KEEP_THE_BUCKET invalid.end.state READERS=1 WITH_WRITER
	AGAIN_WITH_COUNT invalid.end.state READERS=1 LAYOUTS WITH_COMPLETION
	DRAIN_WAITS_FOR_NEW acceptance.cycle FAIR ENDS=USER READERS=1 WITH_USER
	ENTER_WITHOUT_LOOK acceptance.cycle FAIR ENDS=USER READERS=1 WITH_USER
	LEARN_WITHOUT_LOOK acceptance.cycle FAIR ENDS=USER READERS=0 WITH_WORKER WITH_USER
	LIST
}

# What a read can be: else all of the above might hold because nothing is ever read
paths() {
	cat <<-LIST
	full REACH=FULL
	lower-skipped REACH=DIRECT
	filters-skipped REACH=PAST
	LIST
}

# verify SWITCH...: builds the verifier and runs it; all it says is in $DIR/out. Without -O, as most
# run for less time than the compiler needs for that.
verify() {
	local build=(-DSAFETY -DNOFAIR -DNOCLAIM) run=()
	if [[ " $* " == *" ENDS="* ]]; then
		build=()
		run=(-a -f)
	fi
	cd "$DIR"
	rm -f pan* ./*.trail
	spin -a "${@/#/-D}" "$MODEL" >out 2>&1
	gcc -w -DCOLLAPSE -DMEMLIM=3000 "${build[@]}" -o pan pan.c >>out 2>&1
	./pan -m2000000 "${run[@]}" >>out 2>&1
}

# The search was complete: all states, not cut off by depth or memory
complete() {
	grep -q 'errors: 0$' "$DIR/out" &&
		! grep -Eq 'not completed|too small|out of memory' "$DIR/out"
}

# found WHAT: the first error is this one
found() { grep -Eq "^pan:1: .*$1" "$DIR/out"; }

# The way to the error, step by step, and a short one if that can be had; or what the tools have said
explain() {
	if [ ! -e "$DIR/bypass.pml.trail" ]; then
		tail -n 20 "$DIR/out"
	else
		cd "$DIR"
		[[ " $* " == *" ENDS="* ]] || {
			gcc -w -DSAFETY -DNOFAIR -DNOCLAIM -DCOLLAPSE -DMEMLIM=3000 -DBFS -o pan pan.c
			./pan
		} >/dev/null
		grep '^pan:1' out
		spin -k bypass.pml.trail -p "${@/#/-D}" "$MODEL" | grep -E '^ *[0-9]+:.*\[' | tail -n 100
	fi | sed "s,$TOP/,,; s/^/#   /"
}

# result TEST NAME SWITCH...: one KTAP line; $DIR/out is kept under its number
result() {
	local rc=$1 name=$2
	N=$((N + 1))
	if [ "$rc" = 0 ]; then
		echo "ok $N model: $name"
	else
		echo "not ok $N model: $name"
		explain "${@:3}"
		FAILED=$((FAILED + 1))
	fi
	mv "$DIR/out" "$DIR/out.$N"
}

wanted() {
	local word
	[ ${#ONLY[@]} -gt 0 ] || return 0
	for word in "${ONLY[@]}"; do
		[[ $1 != *"$word"* ]] || return 0
	done
	return 1
}

# select_lines LIST: those lines of it that are wanted
select_lines() {
	local line
	"$1" | while read -r line; do
		! wanted "$line" || echo "$line"
	done
}

ONLY=("$@")
"$TOP/qemu/host/packages.sh" model
rm -rf "$DIR"
mkdir -p "$DIR"
mapfile -t CLAIMS < <(select_lines claims)
mapfile -t PATHS < <(select_lines paths)
mapfile -t MUTANTS < <(select_lines mutants)
echo "1..$((${#CLAIMS[@]} + ${#PATHS[@]} + ${#MUTANTS[@]}))"

for line in "${CLAIMS[@]}"; do
	read -ra switches <<<"${line##*: }"
	rc=0
	(verify "${switches[@]}" && complete) || rc=1
	result "$rc" "${line%%: *}" "${switches[@]}"
done
for line in "${PATHS[@]}"; do
	read -r name switch <<<"$line"
	rc=0
	(verify READERS=1 WITH_USER "$switch" && found taken) || rc=1
	result "$rc" "a read can be $name" READERS=1 WITH_USER "$switch"
done
for line in "${MUTANTS[@]}"; do
	read -r name reason switches <<<"$line"
	read -ra switches <<<"$name $switches"
	rc=0
	(verify "${switches[@]}" && found "$reason") || rc=1
	result "$rc" "mutant $name is found" "${switches[@]}"
done
say "model: $((N - FAILED)) passed, $FAILED failed (logs: $DIR)"
[ "$FAILED" = 0 ]
