#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make lint: everything that can be judged without running it, as KTAP. Needs no root; the first
# time the network, for the kernels' headers (checkpatch and kernel-doc come with them).
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$TOP/qemu/host/build.sh"
cd "$TOP"

LOG=$OUT/lint
mkdir -p "$LOG"
N=0 FAILED=0
SCRIPTS=''

# tracked PATTERN...: files of ours, committed or not, but not ignored
tracked() { git ls-files -co --exclude-standard -- "$@" | while read -r f; do [ ! -f "$f" ] || echo "$f"; done; }

# item NAME FUNCTION: one KTAP line; the output only when it fails
item() {
	N=$((N + 1))
	if (set -euo pipefail; "$2" "${@:3}") >"$LOG/$1.log" 2>&1; then
		echo "ok $N lint/$1"
	else
		echo "not ok $N lint/$1"
		tail -n 40 "$LOG/$1.log" | sed 's/^/#   /'
		FAILED=$((FAILED + 1))
	fi
}

# checkpatch: user-space programs may use what the kernel has other names for; everything is
# shown as a file, so checks about patches do not apply.
checkpatch() {
	local common=(--no-tree --strict --terse --show-types --no-summary --file
		--ignore "FILE_PATH_CHANGES,SPDX_LICENSE_TAG,CONST_STRUCT")
	local kernel trace user rc=0
	mapfile -t kernel < <(tracked 'module/*.[ch]' 'kunit/*.[ch]' 'uapi/*.h' 'qemu/modules/*.[ch]' \
		':!module/*trace.h')
	mapfile -t trace < <(tracked 'module/*trace.h')
	mapfile -t user < <(tracked 'tools/*.[ch]' 'qemu/*.[ch]' ':!qemu/modules')
	perl "$SCRIPTS/checkpatch.pl" "${common[@]}" --max-line-length=100 "${kernel[@]}" || rc=1
	# Trace events have a layout of their own, which checkpatch does not know.
	perl "$SCRIPTS/checkpatch.pl" "${common[@]}" --max-line-length=100 \
		--ignore "PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE" "${trace[@]}" || rc=1
	perl "$SCRIPTS/checkpatch.pl" "${common[@]}" --max-line-length=100 \
		--ignore "PREFER_KERNEL_TYPES,NAKED_SSCANF,SSCANF_TO_KSTRTO,STRLCPY,STRCPY" \
		--ignore "PREFER_DEFINED_ATTRIBUTE_MACRO,CONSTANT_COMPARISON,ENOSYS,VOLATILE" \
		--ignore "ARRAY_SIZE,MACRO_ARG_REUSE,COMPLEX_MACRO,CAMELCASE,AVOID_EXTERNS" \
		--ignore "LINE_SPACING,EMBEDDED_FUNCTION_NAME,LONG_LINE_STRING,SPLIT_STRING" \
		--ignore "USE_NEGATIVE_ERRNO,BIT_MACRO,TRAILING_SEMICOLON,LEADING_SPACE" \
		--ignore "MULTIPLE_ASSIGNMENTS,QUOTED_WHITESPACE_BEFORE_NEWLINE" \
		--ignore "USE_DEVICE_INITCALL,OPEN_ENDED_LINE,PREFER_FALLTHROUGH" \
		"${user[@]}" || rc=1
	return $rc
}

# build_clean KERNEL W=1|C=2: zero warnings, compiler's and sparse's
build_clean() {
	local dir=$OUT/lint-$1-${2%%=*} headers
	headers=$("$TOP/qemu/host/kernel.sh" get "$1")/headers
	rm -rf "$dir"
	copy_sources "$dir"
	make -C "$headers" "M=$dir" -j"$JOBS" "$2" BPIO_TEST_MODULES=m modules >"$dir/log" 2>&1 ||
		{ cat "$dir/log"; return 1; }
	! grep -E 'warning:|error:|WARNING:' "$dir/log"
}

kernel_doc() {
	local files bad
	mapfile -t files < <(tracked 'module/*.[ch]' 'uapi/*.h')
	# It does not expand the x-macros that make the enums of states, reasons, events and calls.
	bad=$(perl "$SCRIPTS/kernel-doc" -none "${files[@]}" 2>&1 | grep -E 'warning|error' |
		grep -vE "BPIO_(STATE|REASON|EVENT|CALL)_MAX'") || true
	echo "$bad"
	[ -z "$bad" ]
}

shell_check() {
	local files
	mapfile -t files < <(
		tracked '*.sh' .ci/run qemu/run qemu/suite qemu/new tools/volsnap
	)
	shellcheck -x -s bash "${files[@]}"
}

# Each ABI header stands alone, in both languages and both word sizes.
uapi_header() {
	local bits file rc=0
	for file in $(tracked 'uapi/*.h'); do
		for bits in 64 32; do
			echo "#include <${file#uapi/}>" | gcc "-m$bits" "-I$TOP/uapi" -std=c11 -Wall \
				-Wextra -Werror -pedantic-errors -Wno-pedantic -fsyntax-only -xc - ||
				{ echo "$file: C, $bits bit"; rc=1; }
			echo "#include <${file#uapi/}>" | g++ "-m$bits" "-I$TOP/uapi" -std=c++17 -Wall \
				-Wextra -Werror -fsyntax-only -xc++ - ||
				{ echo "$file: C++, $bits bit"; rc=1; }
		done
	done
	return $rc
}

spdx() {
	local file want rc=0
	for file in $(tracked '*.[ch]' '*.sh' '*.pml' '*Makefile' '*Kbuild' '*.mk' qemu/run qemu/suite \
		qemu/new .ci/run); do
		want='SPDX-License-Identifier: GPL-2.0'
		[[ $file != uapi/* ]] || want+=' WITH Linux-syscall-note'
		head -n 2 "$file" | grep -q "$want" || { echo "$file: lacks '$want'"; rc=1; }
	done
	return $rc
}

# No file over 500 lines, no work left lying about, nothing unexpected at the top.
tree() {
	local file rc=0 lines
	for file in $(tracked . ':!COPYING'); do
		lines=$(wc -l <"$file")
		[ "$lines" -le 500 ] || { echo "$file: $lines lines, over 500"; rc=1; }
	done
	# The words are put together here so that this file does not hold them.
	if tracked . ':!COPYING' | xargs grep -nE "\\b(TO""DO|FIX""ME|XX""X|HA""CK)\\b|\\bBUG""_ON\\("; then
		rc=1
	fi
	for file in $(tracked . | cut -d/ -f1 | sort -u); do
		case $file in
		Makefile | Kbuild | module | uapi | kunit | qemu | tools | README.md | COPYING | .*) ;;
		*) echo "$file: does not belong at the top level"; rc=1 ;;
		esac
	done
	return $rc
}

# No test that claims a lane, kernel or file system which does not exist
test_headers() {
	local file rc=0
	for file in $(tracked 'qemu/tests/*/*.sh' ':!qemu/tests/meta'); do
		head -n 20 "$file" | grep -E '^# (lanes|kernels|fs|debug-fs|timeout):' |
			grep -vE '^# (lanes: (distro|debug)|kernels: 6\.1(2)?|timeout: [0-9]+|(debug-)?fs: (ext[234]|xfs)( (ext[234]|xfs|btrfs))*)$' &&
			{ echo "$file: header not understood"; rc=1; }
		sed -n 2p "$file" | grep -q '^# .' || { echo "$file: line 2 must say the claim"; rc=1; }
	done
	return $rc
}

# Each verb of a tool is in its manual (twice), in the README and in the completion.
tool_verbs() {
	local verb verbs man=tools/man/bpioctl.8 rc=0
	verbs=$(sed -n 's/^\t{ "\([a-z]*\)", cmd_[a-z]*,.*/\1/p' tools/bpioctl.c)
	[ -n "$verbs" ] || { echo "no verbs in tools/bpioctl.c"; return 1; }
	for verb in $verbs; do
		grep -qx "\.B bpioctl $verb" "$man" || { echo "$man: no synopsis of $verb"; rc=1; }
		grep -qx "\.B $verb" "$man" || { echo "$man: no $verb"; rc=1; }
		grep -q "^| .*\`$verb\`.* |" README.md || { echo "README.md: no $verb"; rc=1; }
		tr -s "' \t" '\n' <tools/completion/bpioctl.bash | grep -qx "$verb" ||
			{ echo "completion: no $verb"; rc=1; }
		grep -q "^[[:space:]]*$verb)" tools/completion/bpioctl.bash ||
			{ echo "completion: no options of $verb"; rc=1; }
	done
	verbs=$(sed -n 's/.*bpio-crypt \([a-z]*\) [A-Z].*\\n".*/\1/p' tools/bpio-crypt.c)
	man=tools/man/bpio-crypt.8
	[ -n "$verbs" ] || { echo "no verbs in tools/bpio-crypt.c"; return 1; }
	for verb in $verbs; do
		grep -qx "\.B bpio\\\\-crypt $verb" "$man" || { echo "$man: no synopsis of $verb"; rc=1; }
		grep -qx "\.B $verb" "$man" || { echo "$man: no $verb"; rc=1; }
		grep -qE "bpio-crypt $verb |[:,] $verb (FILE|mine)" README.md ||
			{ echo "README.md: no $verb"; rc=1; }
		tr -s "' \t" '\n' <tools/completion/bpio-crypt.bash | grep -qx "$verb" ||
			{ echo "completion of bpio-crypt: no $verb"; rc=1; }
	done
	return $rc
}

"$TOP/qemu/host/packages.sh" build lint
SCRIPTS=$("$TOP/qemu/host/debug-kernel.sh" scripts)
echo "1..12"
item checkpatch checkpatch
item kernel-doc kernel_doc
item shellcheck shell_check
item spdx spdx
item tree tree
item test-headers test_headers
item tool-verbs tool_verbs
item uapi-header uapi_header
for kernel in $KERNELS; do
	item "w1-$kernel" build_clean "$kernel" W=1
	item "sparse-$kernel" build_clean "$kernel" C=2
done
say "lint: $((N - FAILED)) passed, $FAILED failed (logs: $LOG)"
[ "$FAILED" = 0 ]
