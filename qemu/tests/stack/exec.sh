# SPDX-License-Identifier: GPL-2.0
# Programs run from the mount; a running one is not written to, on either side.
# fs: ext4 xfs
# debug-fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

runs_now() { [ "$(readlink "/proc/$1/exe")" = "$2" ]; }

stack_on "$FS" nvme
cp /bin/sleep "$TOP/sleep"
assert_eq "$("$TOP/sleep" --version | head -n 1)" "$(sleep --version | head -n 1)" "output"

for run in "$TOP" "$LOWER"; do
	"$run/sleep" 60 &
	pid=$!
	wait_until 10 runs_now "$pid" "$run/sleep"
	for write in "$TOP" "$LOWER"; do
		checks stack-open "$write/sleep" rw ETXTBSY
		checks stack-open "$write/sleep" w trunc ETXTBSY
		assert_fails "Text file busy" truncate -s 0 "$write/sleep"
	done
	kill $pid
	wait $pid || true
done
checks stack-open "$TOP/sleep" rw 0
for write in "$TOP" "$LOWER"; do
	exec 9>>"$write/sleep"
	for run in "$TOP" "$LOWER"; do
		assert_fails "Text file busy" "$run/sleep" 0
	done
	exec 9>&-
done
"$TOP/sleep" 0

# a script, and a program whose set-user-ID bit counts
printf '%s\n' '#!/bin/bash' "echo \"\$0\"" >"$TOP/script"
chmod 755 "$TOP/script"
assert_eq "$("$TOP/script")" "$TOP/script" "script"
cp /usr/bin/id "$TOP/id"
chown alice "$TOP/id"
chmod 4755 "$TOP/id"
assert_eq "$(as_user bob "$TOP/id" -nu)" alice "effective user"

# flags of the mount below
mkdir -p /mnt/strict
mount --bind "$LOWER" /mnt/strict
at_exit umount /mnt/strict
mount -o remount,bind,nosuid,nodev,noexec /mnt/strict
mount_bypassfs /mnt/strict /mnt/top2
assert_fails "Permission denied" /mnt/top2/sleep 0
mknod "$TOP/null" c 1 3
chmod 666 "$TOP/null"
assert_fails "Permission denied" bash -c 'echo >/mnt/top2/null'
echo >"$TOP/null"
mount -o remount,bind,nosuid,exec,dev /mnt/strict
umount /mnt/top2
mount -t bypassfs /mnt/strict /mnt/top2
assert_eq "$(as_user bob /mnt/top2/id -nu)" bob "effective user over a nosuid mount"
assert_eq "$(stat -c %a /mnt/top2/id)" 4755 "mode over a nosuid mount"
