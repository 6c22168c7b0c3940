# SPDX-License-Identifier: GPL-2.0
# Pipes, devices, sockets, symbolic links; files without a name.
# fs: ext4 xfs
# shellcheck disable=SC2164 # a cd that fails ends the test
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
cd "$TOP"
mkfifo pipe
cat pipe >/tmp/out &
echo through >pipe
wait
assert_eq "$(cat /tmp/out)" through "pipe"
before=$(stat -c %Y "$LOWER/pipe")
sleep 1.1
cat pipe >/dev/null &
echo again >pipe
wait
[ "$(stat -c %Y "$LOWER/pipe")" != "$before" ] || fail "the pipe's time stood still"
checks stack-open pipe w nonblock ENXIO
mknod zero c 1 5
assert_eq "$(head -c 3 zero | od -An -tx1)" " 00 00 00" "device"
checks stack-open zero rw 0
mknod nodev c 250 250
checks stack-open nodev rw ENXIO
checks stack-socket "$TOP/sock"
checks stack-open sock rw ENXIO
[ -S "$LOWER/sock" ] || fail "no socket below"

ln -s loop2 loop1
ln -s loop1 loop2
checks stack-open loop1 r ELOOP
ln -s zero link
checks stack-open link r nofollow ELOOP
checks stack-open . w EISDIR
checks stack-open zero/x r ENOTDIR
long=$(printf 'x%.0s' {1..1000})
ln -s "$long" longlink
assert_eq "$(readlink longlink)" "$long" "long target"
touch -h -a -d 2001-01-01 link
readlink link >/dev/null
[ "$(stat -c %X "$LOWER/link")" -gt 1500000000 ] || fail "reading a link leaves its access time"
mount -o remount,noatime "$TOP"
echo x >old
touch -a -d 2001-01-01 old
cat old >/dev/null
[ "$(stat -c %X old)" -lt 1500000000 ] || fail "noatime of the mount does not hold"
mount -o remount,atime,strictatime "$TOP"
cat old >/dev/null
[ "$(stat -c %X old)" -gt 1500000000 ] || fail "no access time"

checks stack-unlinked "$TOP/victim"
checks stack-open nothing r ENOENT

# direct I/O only where the lower file has it
mkdir -p /mnt/shm
mount -t tmpfs none /mnt/shm
at_exit umount /mnt/shm
mount_bypassfs /mnt/shm /mnt/shmtop
echo x >/mnt/shm/file
want=0
dd if=/mnt/shm/file of=/dev/null iflag=direct status=none 2>/dev/null || want=EINVAL
checks stack-open /mnt/shmtop/file rw direct $want
checks stack-open "$TOP/old" rw direct 0
cd /
