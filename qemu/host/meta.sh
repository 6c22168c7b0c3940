#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make meta: the harness tests itself. Each file in qemu/tests/meta plants one fault in a boot of
# its own, and that boot must turn red for the reason its "# expect:" line gives; a file without
# that line must stay green, or red would prove nothing. Arguments: only these plants.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$TOP/qemu/host/plan.sh"
. "$TOP/qemu/host/build.sh"

META=$TOP/qemu/tests/meta
memo_begin

# build_plant LANE: the module that does wrong, for the lane's kernel
build_plant() {
	local dir=$OUT/meta/module-$1 headers
	if [ "$1" = debug ]; then
		headers=$(memo debug "$TOP/qemu/host/debug-kernel.sh" get)/headers
	else
		headers=$(memo 6.12 "$TOP/qemu/host/kernel.sh" get 6.12)/headers
	fi
	mkdir -p "$dir"
	cp "$META"/module/* "$dir/"
	quietly "$dir/log" make -C "$headers" "M=$dir" modules || die "the plant does not build"
}

# plant NAME LANE: one boot; writes "ok" or "not ok ..." to out/meta/NAME.result
plant() {
	local name=$1 lane=$2 dir=$OUT/meta/tests-$1 expect rc=0 ktap result
	expect=$(header "$META/$name.sh" expect)
	rm -rf "$dir"
	mkdir -p "$dir/planted"
	cp "$META/$name.sh" "$dir/planted/"
	[ "$name" != plan ] || cp "$META/plan-second.sh" "$dir/planted/"
	"$TOP/qemu/run" --lane "$lane" --bare --quiet --tests-dir "$dir" --name "meta-$name" \
		--timeout 240 --smp 1 --ko "$OUT/meta/module-$lane/bpio_plant.ko" \
		>"$OUT/meta/$name.log" 2>&1 || rc=$?
	ktap=$OUT/run-$lane-6.12-meta-$name/ktap
	if [ -z "$expect" ]; then
		result="planted $name is green"
		[ "$rc" = 0 ] || result="not $result: exit status $rc"
	else
		result="planted $name is red"
		if [ "$rc" != 1 ]; then
			result="not $result: exit status $rc"
		elif ! grep -Eq -- "$expect" "$ktap"; then
			result="not $result for its reason: $(grep '^not ok' "$ktap" | head -n 1)"
		fi
	fi
	echo "$result" >"$OUT/meta/$name.result"
}

mkdir -p "$OUT/meta"
rm -f "$OUT"/meta/*.result
names=()
for file in "$META"/*.sh; do
	name=$(basename "$file" .sh)
	[ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
	names+=("$name")
done
build_plant distro
for name in "${names[@]}"; do
	lane=$(header "$META/$name.sh" lanes)
	[ "${lane:=distro}" = distro ] || build_plant "$lane"
	while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n || true; done
	plant "$name" "$lane" &
done
wait
n=0 failed=0
echo "1..${#names[@]}"
for name in "${names[@]}"; do
	n=$((n + 1))
	result=$(cat "$OUT/meta/$name.result" 2>/dev/null || echo "not planted $name: no result")
	if [[ $result == not* ]]; then
		failed=$((failed + 1))
		echo "not ok $n meta: ${result#not }"
	else
		echo "ok $n meta: $result"
	fi
done
say "meta: $((n - failed)) passed, $failed failed"
[ "$failed" = 0 ]
