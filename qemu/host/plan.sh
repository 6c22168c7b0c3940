# SPDX-License-Identifier: GPL-2.0
# Which tests a boot runs: reads the headers of qemu/tests/<area>/<name>.sh. Sourced by qemu/run.
# shellcheck shell=bash

# header FILE KEY: the value of "# KEY: value" among the first comment lines
header() {
	sed -n "1,20s/^# $2: *//p" "$1" | head -n 1
}

listed() { [ -z "$1" ] || [[ " $1 " == *" $2 "* ]]; }

# list_tests DIR: area/name of every test there is; meta tests are not run this way
list_tests() {
	(cd "$1" && find . -mindepth 2 -maxdepth 2 -name '*.sh' ! -path './meta/*') |
		sed 's|^\./||; s|\.sh$||' | sort
}

# selected NAME PATTERN...: exact, an area ("stack" or "stack/"), or a shell pattern; none = all
selected() {
	local name=$1 pattern
	shift
	[ $# -gt 0 ] || return 0
	for pattern; do
		# shellcheck disable=SC2053 # a pattern is meant
		if [[ $name == $pattern || $name == "${pattern%/}"/* ||
			$name@ == "${pattern%%@*}"@ ]]; then
			return 0
		fi
	done
	return 1
}

# make_plan DIR LANE KERNEL [PATTERN...]: lines "name guest-file timeout fs", in running order
make_plan() {
	local dir=$1 lane=$2 kernel=$3 name file limit fs all_fs
	shift 3
	for name in $(list_tests "$dir"); do
		selected "$name" "$@" || continue
		file=$dir/$name.sh
		listed "$(header "$file" lanes)" "$lane" || continue
		listed "$(header "$file" kernels)" "$kernel" || continue
		limit=$(header "$file" timeout)
		# Its kernel checks everything that it does, and takes as much longer
		[ "$lane" != debug ] || limit=$((${limit:-120} * 4))
		all_fs=$(header "$file" fs)
		[ "$lane" != debug ] || all_fs=$(header "$file" debug-fs | grep . || echo "$all_fs")
		for fs in $all_fs; do
			echo "$name@$fs /bpio/tests/$name.sh ${limit:-120} $fs"
		done
		[ -n "$all_fs" ] ||
			echo "$name /bpio/tests/$name.sh ${limit:-120} -"
	done
}

# narrow PLAN PATTERN...: keeps only NAME@FS where a pattern asked for one fs
narrow() {
	local plan=$1 pattern keep
	shift
	for pattern; do
		[[ $pattern == *@* ]] || continue
		keep=$(awk -v name="${pattern%@*}" -v want="$pattern" \
			'{ split($1, p, "@") } p[1] != name || $1 == want' "$plan")
		printf '%s\n' "$keep" >"$plan"
	done
}

# kunit_plan BUILD_DIR [PATTERN...]: one line per suite module
kunit_plan() {
	local build=$1 ko name
	shift
	for ko in "$build"/kunit/*_kunit.ko; do
		[ -e "$ko" ] || continue
		name=$(basename "$ko" .ko)
		! selected "kunit/$name" "$@" || echo "kunit/$name kunit:$name 300 -"
	done
}
