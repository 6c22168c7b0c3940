# SPDX-License-Identifier: GPL-2.0
# The filter to begin with: it sees calls but those that bypass it, vetoes by name, is told by
# name, and goes while files are open and readers are at work.
# covers: R22 R24 R27
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

params=/sys/module/bpio_template/parameters
types=(open release read write setattr fallocate mmap fsync enable disable query)

# seen TYPE: how many calls of that type it has seen
seen() {
	local i counts
	read -ra counts <"$params/calls"
	assert_eq "${#counts[@]}" 16 "types of calls"
	for i in "${!types[@]}"; do
		[ "${types[i]}" != "$1" ] || echo "${counts[i]}"
	done
}

# more TYPE BEFORE LEAST
more() {
	local now
	now=$(seen "$1")
	((now >= $2 + $3)) || fail "$1: $2 calls before, $now now, wanted $3 more"
}

stack_on ext4 nvme
insmod /bpio/ko/bpio_template.ko
at_exit sh -c '[ ! -d /sys/module/bpio_template ] || rmmod bpio_template'

note "it sees what programs do"
read -ra before <"$params/calls"
checks write-pattern "$TOP/file" 256k 1
checks read-pattern "$TOP/file" 256k 1
cp "$LOWER/file" "$TOP/file.veto"
more open "${before[0]}" 2
more release "${before[1]}" 2
more read "${before[2]}" 64
more write "${before[3]}" 65

note "but not reads that bypass it"
reads=$(seen read)
checks handle "$TOP/file" "$LOWER/file" enable reads=full reads=full
assert_eq "$(seen read)" "$reads" "reads seen of a file that bypasses"
enables=$(seen enable) disables=$(seen disable)
checks handle "$TOP/file" "$LOWER/file" enable disable reads=traditional
more enable "$enables" 1
more disable "$disables" 1
more read "$reads" 4

note "it vetoes by name, and in its name"
status 0 bpioctl state "$TOP/file.veto"
printf .veto >"$params/veto_suffix"
checks read-pattern "$TOP/file.veto" 256k 1
status 2 bpioctl state "$TOP/file.veto"
says 'Driver: bpio_template' 'Reason: other: by its name; 64 reads of it were seen' EOPNOTSUPP
status 0 bpioctl state "$TOP/file"
checks handle "$TOP/file.veto" "$LOWER/file.veto" vetoed=other query=other flags-=enabled \
	count=0
printf .ver >"$params/veto_suffix"
status 0 bpioctl state "$TOP/file.veto"
mv "$TOP/file.veto" "$TOP/r.ver"
status 2 bpioctl state "$TOP/r.ver"
status 2 bpioctl state "$TOP"
says directory

note "it goes while files are open, and its vetoes with it"
exec 8<"$TOP/r.ver"
read -r -n 1 _ <&8
checks handle "$TOP/file" "$LOWER/file" enable reads=full run='rmmod bpio_template' reads=full
status 0 bpioctl state "$TOP/r.ver"
cat <&8 >/dev/null
exec 8<&-
insmod /bpio/ko/bpio_template.ko veto_suffix=.ver
status 2 bpioctl state "$TOP/r.ver"
says bpio_template '0 reads'

note "again and again, under readers"
rmmod bpio_template
checks sibling-cycles "$TOP/file" bpio_template 10
