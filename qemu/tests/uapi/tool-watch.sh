# SPDX-License-Identifier: GPL-2.0
# The tool prints each event as it comes, those that are wanted and no others, and says so when
# some were lost.
# fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 64k 1
checks write-pattern "$TOP/other" 64k 1
ino=$(stat -c %i "$TOP/file")

# follow NAME OPTION... PATH: a watch that is there on return
follow() {
	hold "$1" bpioctl watch "${@:2}"
	wait_until 10 watching "$1"
}

status 0 bpioctl watch --timeout 0 "$TOP/file"
assert_eq "$OUT" "" "what a watch of nothing prints"
status 1 bpioctl watch --timeout 1 --count 1 "$TOP/file"
status 3 bpioctl watch --events armed,nothing "$TOP/file"
says 'no event "nothing"'
status 3 as_user alice bpioctl watch --volume "$TOP/file"
says 'EPERM'
status 3 bpioctl watch "$LOWER/file"
says 'ENOTTY'

# One inode: its own events and the mount's, not those of the other file.
follow one "$TOP/file"
follow all --volume --json "$TOP"
follow few --events stream-paused,volume-resumed --count 2 "$TOP/file"
hold reader bpioctl enable "$TOP/file"
wait_until 10 told one "inode $ino enabled, by pid ${HELD[reader]}, enabled 1, pauses 0"
wait_until 10 told one "inode $ino armed"
hold reader2 bpioctl enable "$TOP/other"
wait_until 10 told all '"event":"armed"'
bpioctl pause --reason snapshot "$TOP/file" >/dev/null
wait_until 10 told one "inode $ino stream-paused: snapshot, by bpioctl (pid "
wait_until 10 told one 'enabled 1, pauses 1'
bpioctl resume "$TOP/file" >/dev/null
wait_until 10 told one "inode $ino stream-resumed, by bpioctl (pid "
bpioctl pause --volume "$TOP/other" >/dev/null
wait_until 10 told one 'mount volume-paused: other, by bpioctl (pid '
wait_until 10 told one "inode $ino disarmed: volume-paused"
bpioctl resume --volume "$TOP" >/dev/null
wait_until 10 told one 'mount volume-resumed, by bpioctl (pid '
ended few 0
assert_eq "$(wc -l <<<"$OUT")" 2 "events that were wanted"
says "inode $ino stream-paused: snapshot" 'mount volume-resumed'
let_go reader
let_go reader2
bpioctl send enable "$TOP" >/dev/null
wait_until 10 told all '"event":"vetoed","reason":"directory","reason_id":4,"driver":"bypassfs"'
wait_until 10 told one "inode $ino disabled"
wait_until 10 told all "\"ino\":$(stat -c %i "$TOP/other"),\"event\":\"disabled\""
let_go one 143
says_not "inode $(stat -c %i "$TOP/other") " 'lost'
let_go all 143
says "\"ino\":$ino,\"event\":\"enabled\"" '"event":"stream-paused","reason":"snapshot","reason_id":58'
says '"ino":0,"event":"volume-paused","reason":"other"' '"driver":"bpioctl"' '"lost":0'

# A watch that is not read has room for 128 events.
follow slow --events volume-paused --json "$TOP/file"
kill -STOP "${HELD[slow]}"
wait_until 10 grep -q '^State:.T' "/proc/${HELD[slow]}/status"
pauses=()
for ((i = 0; i < 131; i++)); do
	pauses+=(volume-pause)
done
checks handle "$TOP/file" "$LOWER/file" "${pauses[@]}"
kill -CONT "${HELD[slow]}"
wait_until 10 sh -c "[ \$(wc -l <'$BPIO_TMP/slow') = 128 ]"
bpioctl pause --volume "$TOP/file" >/dev/null
wait_until 10 told slow '"pause_count":132,"lost":3'
let_go slow 143
bpioctl resume --volume "$TOP/file" >/dev/null
