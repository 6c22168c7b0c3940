# SPDX-License-Identifier: GPL-2.0
# The tool sends any of the eight operations and prints all that is answered.
# fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 64k 1
hold reader bpioctl enable "$TOP/file"
wait_until 10 told reader 'enabled:'

status 0 bpioctl send enable "$TOP/file"
says 'op:            1 (enable)' 'direct:        yes' 'stream_count:  2' 'filter.status: 0' \
	'storage.status: 0' 'enabled'
status 0 bpioctl send disable "$TOP/file"
says 'op:            2 (disable)' 'stream_count:  1'
says_not 'filter'
status 0 bpioctl send --flags skip-storage query "$TOP"
says 'op:            3 (query)' 'in_flags:      0x00000001 skip-storage' 'filter.status: -21 EISDIR'
status 0 bpioctl send --flags why,owned stream-pause "$TOP/file"
says 'op:            6 (stream-pause)' '0x00000018 why owned' 'stream-paused' 'pause_count:   1'
# The open file that owned it is closed
status 0 bpioctl send --json get-info "$TOP/file"
says '"op":"get-info"' '"pause_count":0' '"info":{"volume_count":1' '"reads":{'
status 0 bpioctl send stream-pause "$TOP/file"
status 0 bpioctl send volume-pause "$TOP/file"
says 'op:            4 (volume-pause)' 'volume-paused' 'volume_pause_count: 1'
status 0 bpioctl send --flags all query "$TOP/file"
says 'total:         2' 'count:         2' 'filter: bpioctl (pid ' 'storage: bpioctl (pid '
status 0 bpioctl send --json --flags all query "$TOP/file"
says '"total":2' '"blockers":[{"half":"filter"'
status 0 bpioctl send stream-resume "$TOP/file"
says 'op:            7 (stream-resume)' 'filter.status: 0' 'storage.reason: 18 (volume-paused'
status 0 bpioctl send --json volume-resume "$TOP/file"
says '"op":"volume-resume"' '"filter":{"status":0' '"storage":{"status":0'
status 0 bpioctl send --flags scope-stream get-info "$TOP/file"
says 'op:            8 (get-info)' 'File system:   ' 'full '

status 3 bpioctl send --flags owned enable "$TOP/file"
says 'takes no enable with these flags (EINVAL)'
status 3 bpioctl send --flags all,sideways query "$TOP/file"
says 'no flag "sideways"'
status 3 bpioctl send format "$TOP/file"
says 'no operation "format"'
status 3 bpioctl send query
status 3 bpioctl send query "$LOWER/file"
says 'ENOTTY'
let_go reader
