# SPDX-License-Identifier: GPL-2.0
# Who is inside a filter that does not return is told, since when, and which filters have to wait
# for him to come or to go; the list itself waits for nobody.
# fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

P=/sys/module/bpio_linger/parameters
READ=2
NAME=bpio_linger.0
stack_on "$FS" nvme
checks write-pattern "$TOP/file" 64k 1

# If the test has not come so far: who unloads can only be waited for when the calls are let go
go_on() { [ ! -e "$P/hold" ] || echo -1 >"$P/hold"; }
unload() { [ ! -d /sys/module/bpio_linger ] || rmmod bpio_linger; }

# lists TEXT...: the tool does, without being told to wait
lists() {
	status 0 timeout 10 bpioctl filters "$TOP"
	says "$@"
}

# listed PATTERN: is there a line like that?
listed() { timeout 10 bpioctl filters "$TOP" | grep -Eq "$1"; }

insmod /bpio/ko/bpio_linger.ko count=2
at_exit unload
echo "$READ" >"$P/hold"
hold one dd if="$TOP/file" of=/dev/null bs=4k count=1 status=none
wait_until 10 listed "$NAME .* 1  read,fsync"
lists "$NAME"
says_not 'leaving'
wait_until 10 listed "inside for [1-9][0-9.]* s: read of pid ${HELD[one]}\$"

# The one that came first is told, of all that are inside; those of the other filter are its own.
hold two dd if="$TOP/file" of=/dev/null bs=4k count=1 status=none
wait_until 10 listed "$NAME .* 2  read,fsync"
wait_until 10 listed "inside for ([2-9]|[1-9][0-9]+)\.[0-9] s: read of pid ${HELD[one]}\$"
listed 'bpio_linger.1 .* 0  mmap'
assert_eq "$(timeout 10 bpioctl filters "$TOP" | grep -c 'inside for')" 1 "lines on who is inside"
status 0 bpioctl filters --json "$TOP"
says '"inside":2,"oldest":{"call":"read","pid":'"${HELD[one]},\"ms\":"

# Another one comes, and has to wait until all calls know of it.
echo 1 >"$P/come"
wait_until 10 listed 'attaching: waits for calls in progress'
status 0 timeout 10 bpioctl filters --json "$TOP"
says '"total":3' '"name":"bpio_linger.late","features":[],"calls":["read"],"state":"attaching"'
echo -1 >"$P/hold"
ended one 0
ended two 0
wait_until 10 listed 'bpio_linger.late none         blocks .* 0  read'
lists 'features of all: none'
says_not 'inside' 'attaching'
checks uapi-filters "$TOP" 3

# Unloaded: it takes no more calls, and waits. The others are not touched yet.
echo "$READ" >"$P/hold"
hold three dd if="$TOP/file" of=/dev/null bs=4k count=1 status=none
wait_until 10 listed "$NAME .* 1  read"
hold unload rmmod bpio_linger
at_exit go_on
wait_until 10 listed 'leaving for [1-9][0-9.]* s: waits for calls in progress'
wait_until 10 listed "inside for [1-9][0-9.]* s: read of pid ${HELD[three]}\$"
status 0 timeout 10 bpioctl filters --json "$TOP"
says '"total":3' '"name":"bpio_linger.0"' '"state":"leaving"' '"state":"attached"'
checks uapi-filters "$TOP" 3
echo -1 >"$P/hold"
ended three 0
ended unload 0
lists "$TOP: no filters"
