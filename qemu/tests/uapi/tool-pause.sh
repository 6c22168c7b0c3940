# SPDX-License-Identifier: GPL-2.0
# The tool's pause and resume: what is paused is told, who still pauses is named, and a pause that
# is held ends with its holder, however that ends.
# fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 64k 1

# A file that nobody has enabled cannot be paused, not even for later.
status 1 bpioctl pause "$TOP/file"
says 'ignored: no open file has the bypass enabled'
status 1 bpioctl pause --hold --json "$TOP/file"
says '"event":"ignored"' '"paused":false'
status 0 bpioctl resume "$TOP/file"
says 'not paused'

hold reader bpioctl enable "$TOP/file"
wait_until 10 told reader 'enabled:'
status 0 bpioctl pause --reason snapshot --text 'nightly copy' "$TOP/file"
says 'is paused: reads go through the filters (pauses: 1, enabled open files: 1)'
status 0 bpioctl pause --stream --json "$TOP/file"
says '"event":"paused"' '"scope":"stream"' '"paused":true' '"pause_count":2' '"stream-paused"'
status 0 bpioctl info "$TOP/file"
says 'stream-paused' 'pause_count:   2' 'volume_pause_count: 0'
status 0 bpioctl resume "$TOP/file"
says 'not paused (pauses: 0, enabled open files: 1)'

# One that is held: no resume of others ends it, they are told who, and its end is the holder's.
hold own bpioctl pause --hold --reason audit "$TOP/file"
ended own 3
says 'no reason "audit"'
hold own bpioctl pause --hold --reason auditing --text 'until ten' "$TOP/file"
wait_until 10 told own 'pauses: 1'
status 1 bpioctl resume "$TOP/file"
says 'is paused' 'Driver: bpioctl' 'Reason: stream-paused: until ten' 'Flags:'
status 1 bpioctl resume --json "$TOP/file"
says '"paused":true' '"reason":"stream-paused"' '"text":"until ten"'
kill -USR1 "${HELD[own]}"
wait_until 10 sh -c "[ \$(grep -c 'is paused' '$BPIO_TMP/own') = 2 ]"
let_go own
says 'not paused (pauses: 0, enabled open files: 1)'
hold own bpioctl pause --hold "$TOP/file"
wait_until 10 told own 'is paused'
kill -KILL "${HELD[own]}"
ended own 137
status 0 bpioctl info --stream "$TOP/file"
says_not 'stream-paused'
coproc OWN { exec bpioctl pause --hold --json "$TOP/file"; }
own=$OWN_PID
exec 8<&"${OWN[0]}"
read -r OUT <&8
says '"event":"paused"'
eval "exec ${OWN[1]}>&-"
read -r OUT <&8
exec 8<&-
says '"event":"ended"' '"paused":false'
wait "$own"

# The mount: reads of an enabled file fall back to the lower file system.
status 0 bpioctl pause --volume --reason replication "$TOP"
says 'Bypass of the mount of' 'is paused: reads go through the lower file system (pauses: 1)'
status 1 bpioctl state --json "$TOP/file"
says '"volume_pause_count":1' '"volume-paused"'
hold own bpioctl pause --volume --hold --text 'a copy' "$TOP/file"
wait_until 10 told own 'pauses: 2'
status 1 bpioctl resume --volume "$TOP"
says 'Driver: bpioctl' 'Reason: volume-paused: a copy'
let_go own
says 'Bypass of the mount of' 'not paused'
status 0 bpioctl pause --volume --json "$TOP/file"
says '"scope":"volume"' '"paused":true' '"volume_pause_count":1'
status 0 bpioctl resume "$TOP/file"
says 'do not skip the lower file system' 'Reason: volume-paused' 'Flags: volume-paused'
status 0 bpioctl resume --volume --json "$TOP/file"
says '"paused":false' '"storage":{"status":0'
status 0 bpioctl state "$TOP/file"
let_go reader
status 1 bpioctl pause --reason other "$TOP/file"
says 'is ignored'
status 0 bpioctl send enable "$TOP/file"
says_not 'stream-paused'

status 3 as_user alice bpioctl pause --volume "$TOP/file"
says 'EPERM'
status 3 as_user alice bpioctl resume "$TOP/file"
says 'EPERM'
status 3 bpioctl pause --text "$(printf 'a\033[31mb')" "$TOP/file"
says 'no control characters'
status 3 bpioctl pause --text "$(printf '%0129d' 0)" "$TOP/file"
says 'at most 128 bytes'
status 3 bpioctl pause --stream --volume "$TOP/file"
status 3 bpioctl pause "$BPIO_TMP"
says 'ENOTTY'
