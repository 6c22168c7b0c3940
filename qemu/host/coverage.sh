#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make coverage: every requirement of qemu/requirements.list with the tests that name it. Red if
# one has no test and does not say what it waits for, if a test names one that does not exist, or
# if an annotation cannot be read.
#   coverage.sh           a table; its last line counts
#   coverage.sh --ktap    one result per requirement, and one for the annotations
# Annotations:  in qemu/tests/AREA/NAME.sh, as a header or above the lines that test it
#     # covers: R16 R17
# and in kunit/NAME_kunit.c, above a test case or the table that it works through
#     /* covers: R1 R3 */
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$TOP"

case ${1:-} in
'') KTAP=0 ;;
--ktap) KTAP=1 ;;
*) die "usage: coverage.sh [--ktap]" ;;
esac

# Two passes: the list and the names of all test cases, then who claims what.
awk -v ktap=$KTAP -v width=130 '
function wrong(text) { errors[++nr_errors] = FILENAME ":" FNR ": " text }

function read_requirement(    n, field) {
	n = split($0, field, "\t")
	if ($0 !~ /^R[1-9][0-9]*\t[^\t]+(\t[^\t]+)?$/ || length(field[2]) > 70)
		wrong("not \"R<number>, tab, title\" of at most 70 characters")
	else if (field[1] in title)
		wrong(field[1] " is there twice")
	else {
		title[field[1]] = field[2]
		waits[field[1]] = n > 2 ? field[3] : ""
		order[++nr] = field[1]
	}
}

function add(id, test) {
	if (index(" " tests[id] " ", " " test " ") == 0)
		tests[id] = tests[id] (tests[id] == "" ? "" : " ") test
}

# The numbers in an annotation, when they are requirements
function numbers(line,    n, i, words, known) {
	n = split(line, words, /[^R0-9]+/)
	known = ""
	for (i = 1; i <= n; i++) {
		if (words[i] !~ /^R/)
			continue
		if (words[i] in title)
			known = known " " words[i]
		else
			wrong("there is no requirement " words[i])
	}
	return known
}

function claim(ids, test,    n, i, words) {
	n = split(ids, words, " ")
	for (i = 1; i <= n; i++)
		add(words[i], test)
}

# A claim that no test case follows
function leave_file() {
	if (pending != "")
		errors[++nr_errors] = last_file ": no test case follows \"covers:" pending "\""
	pending = ""
}

# Anything that looks as if it were meant as an annotation
function is_annotation() {
	return /[Cc]over(s|ed)?[ \t]*:/ ||
	       /^[ \t]*(#|\/\*|\/\/|\*)[ \t]*[Cc]over(s|ed)?[ \t]+R[0-9]/
}

pass == 1 && FILENAME ~ /requirements\.list$/ {
	if (!/^#/)
		read_requirement()
	next
}
pass == 1 && FILENAME ~ /Kbuild$/ {
	if ($1 == "obj-m" && $2 == "+=")
		built[substr($3, 1, length($3) - 2)] = 1
	next
}
pass == 1 {
	if (/^\tKUNIT_CASE(_[A-Z_]*)?\(/) {
		sub(/^[^(]*\(/, "")
		sub(/[,)].*/, "")
		cases[FILENAME, $0] = 1
	}
	next
}

FNR == 1 {
	leave_file()
	last_file = FILENAME
	unit = FILENAME ~ /_kunit\.c$/
	test = FILENAME
	sub(/^(kunit|qemu\/tests)\//, "", test)
	sub(/(_kunit\.c|\.sh)$/, "", test)
}

unit && pending != "" && /^static void [a-z0-9_]+\(struct kunit \*test\)$/ {
	name = $3
	sub(/\(.*/, "", name)
	if ((FILENAME, name) in cases)
		claim(pending, "kunit:" test "." name)
	else
		wrong("no test case of the suite, but something is said to be covered: " name)
	pending = ""
}

!is_annotation() { next }
FILENAME ~ /^qemu\/(checks|tests\/meta)\// {
	wrong("not here: the test that calls it says what it covers")
	next
}
unit && /^\/\* covers:( R[1-9][0-9]*)+ \*\/$/ {
	if (!(test "_kunit" in built))
		wrong("the suite is not in kunit/Kbuild")
	pending = pending numbers($0)
	next
}
!unit && /^[ \t]*# covers:( R[1-9][0-9]*)+$/ {
	claim(numbers($0), test)
	next
}
{ wrong("annotation not understood: " $0) }

function show_row(id,    n, i, words, line, first) {
	first = sprintf("%-4s  %-70s  ", id, title[id])
	if (tests[id] == "") {
		print first (waits[id] == "" ? "no test" : "waits for " waits[id])
		return
	}
	n = split(tests[id], words, " ")
	line = first words[1]
	for (i = 2; i <= n; i++) {
		if (length(line) + 1 + length(words[i]) <= width)
			line = line " " words[i]
		else {
			print line
			line = sprintf("%78s%s", "", words[i])
		}
	}
	print line
}

END {
	leave_file()
	if (ktap)
		print "1.." nr + 1
	for (i = 1; i <= nr; i++) {
		id = order[i]
		if (tests[id] != "" && waits[id] != "")
			errors[++nr_errors] = id " has a test, so it waits for nothing"
		waiting += tests[id] == "" && waits[id] != ""
		covered += tests[id] != ""
		bad = tests[id] == "" && waits[id] == ""
		if (ktap)
			print (bad ? "not ok " : "ok ") i " coverage/" id " " title[id] \
				(bad ? " # no test" : "")
		else
			show_row(id)
	}
	if (ktap)
		print (nr_errors ? "not ok " : "ok ") nr + 1 " coverage/annotations"
	for (i = 1; i <= nr_errors; i++)
		print (ktap ? "#   " : "error: ") errors[i]
	if (waiting)
		print (ktap ? "# " : "") waiting " more cannot be tested yet, see \"waits for\""
	print (ktap ? "# " : "") "coverage: " covered + 0 " of " nr + 0 " requirements tested"
	exit !nr || covered + waiting < nr || nr_errors > 0
}' pass=1 qemu/requirements.list kunit/Kbuild kunit/*_kunit.c \
	pass=2 qemu/tests/*/*.sh kunit/*_kunit.c qemu/checks/*.[ch]
