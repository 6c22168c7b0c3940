# SPDX-License-Identifier: GPL-2.0
# The tool lists the filters of a mount, the highest first: what each sees, how often it has
# refused and paused; also when there is none, and only on a bypassfs mount.
# fs: ext4
# covers: R74
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

P=/sys/module/bpio_linger/parameters
stack_on "$FS" nvme
checks write-pattern "$TOP/file" 64k 1

none() {
	local want='"total":0,"features":["bypass","data"],"ignore_features":false,"filters":[]}'

	status 0 bpioctl filters "$TOP"
	assert_eq "$OUT" "$TOP: no filters" "a mount without filters"
	status 0 as_user alice bpioctl filters --json "$TOP" "$TOP/file"
	assert_eq "$OUT" "{\"path\":\"$TOP\",$want
{\"path\":\"$TOP/file\",$want" "the same as JSON, of two paths"
	status 3 bpioctl filters "$LOWER" "$TOP"
	says 'ENOTTY' "$TOP: no filters"
	status 3 bpioctl filters
	says 'needs a path'
}

# zero VETOES PAUSES [BYPASS]: bpio_linger.0 as JSON has it
zero() {
	printf %s '{"altitude":"1000.5","name":"bpio_linger.0","features":["bypass","data"],' \
		'"calls":["read","fsync","enable","query"],"state":"attached",' \
		"\"bypass\":\"${3:-yes}\",\"vetoes\":$1,\"pauses\":$2,\"inside\":0," \
		'"oldest":null,"leaving_ms":0}'
}

# JSON to the last byte: programs parse it
two() {
	local head='"total":2,"features":["bypass"],"ignore_features":false,"filters":['
	local one='{"altitude":"1001.5","name":"bpio_linger.1","features":[],"calls":["mmap"],'
	one+='"state":"attached","bypass":"auto","vetoes":0,"pauses":0,"inside":0,"oldest":null,'
	one+='"leaving_ms":0}'

	load_module bpio_linger count=2
	status 0 bpioctl filters --json "$TOP"
	assert_eq "$OUT" "{\"path\":\"$TOP\",$head$one,$(zero 0 0)]}" "two filters"
	status 0 bpioctl filters "$TOP"
	says "$TOP: 2 filters, the highest first; features of all: bypass" \
		'BYPASS    VETOES   PAUSES INSIDE  CALLS' \
		'bpio_linger.1    none         auto           0        0      0  mmap' \
		'bpio_linger.0    bypass,data  yes            0        0      0  read,fsync,enable,query'
	assert_eq "$(wc -l <<<"$OUT")" 4 "lines: nothing is unusual"
	checks uapi-filters "$TOP" 2

	echo 1 >"$P/veto"
	status 2 bpioctl state "$TOP/file"
	says 'bpio_linger.0' 'told to'
	bpioctl send enable "$TOP/file" >/dev/null
	echo 0 >"$P/veto"
	status 0 bpioctl filters --json "$TOP"
	says "$(zero 2 0)"

	hold reader bpioctl enable "$TOP/file"
	wait_until 10 told reader 'enabled:'
	echo 1 >"$P/pause"
	sync "$TOP/file"
	status 2 bpioctl blockers "$TOP/file"
	says 'bpio_linger.0' 'stream-paused'
	status 0 bpioctl filters --json "$TOP"
	says "$(zero 2 1)"
	let_go reader
}

# More than fit into one answer, and no other mount's
many() {
	local i

	load_module bpio_linger count=20
	status 0 bpioctl filters "$TOP"
	says "$TOP: 20 filters"
	for ((i = 0; i < 20; i++)); do
		echo "bpio_linger.$((19 - i))"
	done >"$BPIO_TMP/want"
	grep -o 'bpio_linger\.[0-9]*' <<<"$OUT" >"$BPIO_TMP/got"
	assert_same_file "$BPIO_TMP/want" "$BPIO_TMP/got"
	checks uapi-filters "$TOP/file" 20
	if checks32 >/dev/null 2>&1; then
		checks32 uapi-filters "$TOP" 20
	fi
	as_user alice checks uapi-filters "$TOP" 20
}

# What is switched on later does not reach who is there
ignored() {
	local switch=/sys/module/bypassfs/parameters/ignore_features

	at_exit sh -c "echo 0 >$switch"
	echo 1 >"$switch"
	load_module bpio_linger count=2
	status 0 bpioctl filters "$TOP"
	says 'features of all: none' 'bpio_linger.0    bypass,data  blocks ' \
		'bpio_linger.1    none         auto ' \
		'ignore_features is on: filters that attach now block the bypass'
	echo 0 >"$switch"
	status 0 bpioctl filters --json "$TOP"
	says '"features":[],"ignore_features":false' "$(zero 0 0 blocks)"
}

none
part two
part many
# covers: R75
part ignored
none
