# SPDX-License-Identifier: GPL-2.0
# Judges a finished boot: red unless everything says green. Sourced by qemu/run.
# Reads in RUN_DIR: channel, plan, nonce, qemu.status, console.log. Writes ktap and summary.
# shellcheck shell=bash

PANIC='Kernel panic - not syncing|BUG:|Oops:|WARNING: CPU|KASAN:|UBSAN:|possible recursive locking'
PANIC+='|circular locking|suspicious RCU usage|ODEBUG:|soft lockup|rcu: INFO:|INFO: task'

# skip_allowed LANE KERNEL NAME REASON: is there a line for it in qemu/skips.list?
skip_allowed() {
	local lane kernel name reason
	while read -r lane kernel name reason; do
		case $lane in
		'' | '#'*) continue ;;
		esac
		# shellcheck disable=SC2053 # patterns are meant
		[[ $1 == $lane && $2 == $kernel && $3 == $name ]] || continue
		! grep -Eq -- "$reason" <<<"$4" || return 0
	done <"${SKIPS:-$TOP/qemu/skips.list}"
	return 1
}

# guest_reds RUN_DIR: reasons why the boot as a whole is red, one per line
guest_reds() {
	local run=$1 nonce status want plan
	nonce=$(cat "$run/nonce")
	status=$(cat "$run/qemu.status")
	want=$(grep -c . "$run/plan" || true)
	case $status in
	0) ;;
	124 | 137) echo "the guest did not end in time" ;;
	*) echo "QEMU ended with status $status: $(head -n 1 "$run/qemu.err" 2>/dev/null)" ;;
	esac
	sed -n 's/^# red: //p' "$run/results" | head -n 5
	plan=$(sed -n 's/^1\.\.//p' "$run/results")
	if [ "$(grep -cE '^1\.\.' "$run/results")" != 1 ]; then
		echo "no plan line, or several"
	elif [ "$(head -n 1 "$run/results")" != "1..$want" ]; then
		echo "the plan is $plan tests and not first, or not the $want asked for"
	fi
	[ "$want" -gt 0 ] || echo "nothing was run"
	[ -s "$run/console.log" ] || echo "the guest's console is silent"
	grep -aE "$PANIC" "$run/console.log" 2>/dev/null | head -n 2 | sed 's/^/console: /' || true
	if [ "$(tail -n 1 "$run/results")" != "verdict $nonce green" ]; then
		echo "no green verdict at the end"
	fi
}

# output_of LINE RUN_DIR: what the guest sent below a result line
output_of() {
	awk -v line="$1" '$0 == line { on = 1; next } !/^#   / { on = 0 } on' "$2/results"
}

# judge RUN_DIR LANE KERNEL: prints the summary; returns 0 for green, 1 for red
judge() {
	local run=$1 lane=$2 kernel=$3 n=0 passed=0 failed=0 skipped=0 name line count reason reds
	tr -d '\r' <"$run/channel" >"$run/results"
	{
		echo "1..$(($(grep -c . "$run/plan" || true) + 1))"
		while read -r name _; do
			n=$((n + 1))
			line=$(grep -E "^(not )?ok $n ${name//./\\.}( |\$)" "$run/results" || true)
			count=$(grep -c . <<<"$line" || true)
			if [ "$count" != 1 ]; then
				echo "not ok $n $name # $count results"
				failed=$((failed + 1))
			elif [[ $line == "ok $n $name # SKIP"* ]]; then
				reason=${line#*# SKIP }
				if skip_allowed "$lane" "$kernel" "$name" "$reason"; then
					echo "$line"
					skipped=$((skipped + 1))
				else
					echo "not ok $n $name # skip is not in qemu/skips.list: $reason"
					failed=$((failed + 1))
				fi
			elif [ "$line" = "ok $n $name" ]; then
				echo "$line"
				passed=$((passed + 1))
			else
				echo "$line"
				output_of "$line" "$run"
				failed=$((failed + 1))
			fi
		done <"$run/plan"
		reds=$(guest_reds "$run")
		if [ -z "$reds" ]; then
			echo "ok $((n + 1)) guest/$lane-$kernel"
			passed=$((passed + 1))
		else
			echo "not ok $((n + 1)) guest/$lane-$kernel # $(head -n 1 <<<"$reds")"
			printf '#   %s\n' "$reds" | sed '2,$s/^\([^#]\)/#   \1/'
			failed=$((failed + 1))
		fi
	} >"$run/ktap"
	echo "$passed passed, $failed failed, $skipped skipped" >"$run/summary"
	[ "$failed" = 0 ]
}
