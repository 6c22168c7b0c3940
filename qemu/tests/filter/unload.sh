# SPDX-License-Identifier: GPL-2.0
# A filter can go at any time: with calls inside its callbacks, with the stream paused, with a veto
# given, before its mount or after. What it remembered is freed once.
# covers: R33 R52 R63 R73
# fs: ext4
# timeout: 400
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"
. "$BPIO_LIB/probe.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 64k 1
insmod /bpio/ko/bpio_probe.ko
unload() { [ ! -d /sys/module/bpio_probe ] || rmmod bpio_probe; }
at_exit unload

waits() { kill -0 "${HELD[$1]}" 2>/dev/null; }
remove() { probe del a; }
inside() { grep -q "^a p" /dev/bpio_probe; }

mounts_come_and_go() {
	local n
	for n in {1..15}; do
		mount -t bypassfs "$LOWER" /mnt/other && umount /mnt/other || return 1
	done
}

# bypassfs stays as long as there can be a filter.
assert_fails "in use" rmmod bypassfs

# A call is inside: who unregisters waits for it, whichever callback it is in. Others see no filter
# meanwhile, and wait for nobody.
for callback in pre:open post:open pre:read post:read pre:write post:fsync pre:release; do
	probe_all "add a 20 bypass $callback" "set a $callback hold" clear
	hold caller checks filter-calls "$TOP/file" open read write fsync close
	wait_until 20 inside
	hold remover remove
	sleep 0.5
	{ waits caller && waits remover; } || fail "$callback: somebody did not wait"
	timeout 20 checks filter-calls "$TOP/file" open read write fsync close >/dev/null ||
		fail "$callback: others wait as well"
	probe set a "$callback" nothing
	ended caller 0
	says "open=0 read=4096 write=4096 fsync=0 close=0"
	ended remover 0
done

# The same with rmmod: it waits for who sleeps in there.
probe_all "add a 20 data,bypass pre:read post:read" "set a pre:read sleep 2000" clear
hold caller checks filter-calls "$TOP/file" open read close
wait_until 20 inside
rmmod bpio_probe
ended caller 0
says "read=4096"
insmod /bpio/ko/bpio_probe.ko

# It has the stream paused in its own name: that ends with it, and no RESUME of others ends it.
probe_all "add a 20 bypass pre:fsync" "set a pre:fsync send 6 16"
calls "direct=0 enable=0 path=full fsync=0 path=lower-skipped \
stream-resume=EBUSY/bpio_probe.a/stream-paused/a filter or the owner has paused the bypass of \
this file path=lower-skipped path=full" "$TOP/file" \
	direct enable path fsync path stream-resume path "!del a" path
# If it vetoes as well, and another does, the pause goes on in the other's name.
probe_all "add a 20 bypass pre:fsync pre:query" "set a pre:fsync send 6 16" \
	"add b 10 bypass pre:query"
calls "direct=0 enable=0 fsync=0 path=lower-skipped stream-resume=EBUSY/bpio_probe.b/other/mine \
stream-resume=0 path=full" "$TOP/file" direct enable fsync "!set a pre:query veto -16 63 his" \
	"!set b pre:query veto -16 63 mine" "!del a" path stream-resume "!del b" stream-resume path
# It pauses the mount: the same.
probe_all "add a 20 bypass pre:fsync" "set a pre:fsync send 4 16"
calls "direct=0 enable=0 fsync=0 path=filters-skipped path=full" "$TOP/file" \
	direct enable fsync path "!del a" path

# It pauses an inode that nobody has enabled yet, but somebody is about to, while it is going.
asked() { grep -q "^b pre enable" /dev/bpio_probe; }
probe_all "add a 20 bypass pre:fsync" "set a pre:fsync hold" "add b 10 bypass pre:enable" \
	"set b pre:enable hold" clear
hold caller checks filter-calls "$TOP/file" open fsync
wait_until 20 inside
hold remover remove
sleep 0.5
hold enabler checks filter-calls "$TOP/file" direct enable path
wait_until 20 asked
probe set a pre:fsync send 6 16
ended caller 0
ended remover 0
! grep "send=" /dev/bpio_probe || fail "it could not pause"
probe set b pre:enable nothing
ended enabler 0
says "direct=0 enable=0 path=full"
probe del b

# It vetoes: when it has gone the next ENABLE works, and so does a RESUME.
probe_all "add a 20 bypass pre:enable pre:query" "set a pre:enable veto -26 63 no" \
	"set a pre:query veto -26 63 no"
calls "direct=0 enable=ETXTBSY/bpio_probe.a/other/no enable=0 path=full" "$TOP/file" \
	direct enable "!del a" enable path
probe_all "add a 20 bypass pre:query"
calls "direct=0 enable=0 stream-pause=0 stream-resume=EBUSY/bpio_probe.a/other/no \
path=lower-skipped stream-resume=0 path=full" "$TOP/file" direct enable stream-pause \
	"!set a pre:query veto -16 63 no" stream-resume path "!del a" stream-resume path

# Attached and detached by hand, and declined.
probe_all "add a 20 bypass pre:open" "add d 21 decline pre:read"
assert_fails "File exists" probe attach a "$TOP"
assert_fails "not supported" probe attach d "$TOP"
assert_fails "No such file" probe detach d "$TOP"
assert_fails "Invalid argument" probe attach a /
assert_fails "Invalid argument" probe detach a /
probe_all "detach a $TOP" clear
calls "open=0 close=0" "$TOP/file" open close
logged
probe_all "attach a $TOP" clear
calls "open=0 close=0" "$TOP/file" open close
logged "a pre open"
probe_all "del a" "del d"

# As many as there is room for, and one more, which does without the mount.
for n in {1..33}; do
	probe add "n$n" "$n" quiet,bypass pre:open
done
[[ $(dmesg | tail -n 3) == *"filter bpio_probe.n33 is not attached to a mount of"*" -28"* ]] ||
	fail "the filter that is too much is not told"
calls "open=0 close=0" "$TOP/file" open close
probe clear
probe count n1
probe count n32
probe count n33
logged "count open=1 high=0" "count open=1 high=0" "count high=0"
for n in {1..33}; do
	probe del "n$n"
done

# What it remembers of inodes and of open files is freed once, whatever goes first: the open file,
# the inode, the attachment, the filter or the mount.
freed() {
	probe clear
	probe contexts
	[[ $(</dev/bpio_probe) == "contexts made=$1 freed=$2" ]] || fail "wanted $1 and $2"
}
probe_all "add a 20 bypass pre:read pre:fsync pre:release" "set a pre:read context 0" \
	"set a pre:fsync context 0 1" "set a pre:release context 0 1"
calls "open=0 read=4096 read=4096 fsync=0 fsync=0" "$TOP/file" open read read fsync fsync
freed 2 1
drop_caches
freed 2 2
calls "open=0 read=4096 fsync=0 read=4096 fsync=0 close=0" "$TOP/file" open read fsync \
	"!detach a $TOP" "!contexts" read "!attach a $TOP" fsync close
freed 5 5
calls "open=0 read=4096 fsync=0 close=0" "$TOP/file" open read fsync "!del a" close
freed 7 7

# Somebody else frees it, and takes his time: who unregisters waits for that.
probe_all "add a 20 quiet pre:fsync" "set a pre:fsync context 0 1" "slow 2000" clear
hold closer checks filter-calls "$TOP/file" open fsync close
wait_until 20 grep -q frees /dev/bpio_probe
probe del a
freed 8 8
ended closer 0
probe slow 0

# The mount goes first, the filter stays and comes to the next one; or goes in between.
probe_all "add a 20 - pre:read" "set a pre:read context 0"
calls "open=0 read=4096" "$TOP/file" open read
probe clear
umount "$TOP"
logged "a detach"
freed 9 9
mount -t bypassfs "$LOWER" "$TOP"
logged "a attach"
calls "open=0 read=4096" "$TOP/file" open read
logged "a pre read 0+4096"
umount "$TOP"
probe_all "del a" clear
mount -t bypassfs "$LOWER" "$TOP"
logged

# Mounts come and go while filters do.
mkdir -p /mnt/other
hold mounts mounts_come_and_go
for n in {1..30}; do
	probe add a 20 quiet pre:read
	probe del a
done
ended mounts 0
