# SPDX-License-Identifier: GPL-2.0
# The tool lists all that stands in the way, on more pages than one, and nothing that somebody
# else has put into a text or a name reaches the terminal as a command.
# fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 64k 1
checks write-pattern "$TOP/other" 64k 1
mkdir "$TOP/dir"

status 0 bpioctl blockers "$TOP/file"
says "$TOP/file: nothing stands in the way"
status 0 bpioctl blockers --json "$TOP/file"
says '"bypass":"full"' '"total":0' '"blockers":[]'
status 2 bpioctl blockers "$TOP/file" "$TOP/dir"
says 'nothing stands in the way' "$TOP/dir: 1 in the way" 'filter: bypassfs: directory: '

# Both halves at once; the filter half weighs more.
{ exec 9<>"$TOP/file"; status 1 bpioctl blockers "$TOP/file"; exec 9>&-; }
says '1 in the way' 'storage: bypassfs: writer: the file is open for writing'
bpioctl pause --volume --reason snapshot "$TOP" >/dev/null
status 1 bpioctl blockers "$TOP/file"
says 'storage: bpioctl (pid ' '): volume-paused (snapshot): '
status 2 bpioctl blockers --no-direct "$TOP/file"
says '2 in the way' 'filter: bypassfs: not-direct: ' 'storage: bpioctl (pid '
status 0 bpioctl blockers --skip-storage "$TOP/file"
status 3 bpioctl blockers "$TOP/file" "$BPIO_TMP"
says 'ENOTTY'

# Six pauses of the mount that are owned and the plain one: two pages.
for i in 1 2 3 4 5 6; do
	hold "pause$i" bpioctl pause --volume --hold --text "number $i" "$TOP/file"
	wait_until 10 told "pause$i" 'is paused'
done
status 1 bpioctl blockers "$TOP/file"
says '7 in the way' '(snapshot): '
for i in 1 2 3 4 5 6; do
	says "(pid ${HELD[pause$i]}): volume-paused (other): number $i"
done
assert_eq "$(grep -c 'storage: bpioctl (pid ' <<<"$OUT")" 7 "lines"
status 1 bpioctl blockers --json "$TOP/other"
says '"bypass":"partial"' '"total":7' '"why":"snapshot"' '"text":"number 6","text_cut":false,"why":"other","pid":'
for i in 1 2 3 4 5 6; do
	let_go "pause$i"
done
bpioctl resume --volume "$TOP" >/dev/null

# A name and a text that would paint the terminal red. The kernel lets no ESC into a name, takes no
# CSI as a character, and the tool says so; CSI as a byte is no character, and not printed.
hold reader bpioctl enable "$TOP/file"
wait_until 10 told reader 'enabled:'
name=$(printf 'a\033[31mb')
ln -s "$(command -v bpioctl)" "$BPIO_TMP/$name"
status 3 bpioctl pause --text "$(printf 'c\302\23331m')" "$TOP/file"
says 'no control characters'
"$BPIO_TMP/$name" pause --text "$(printf 'c\23331m\303\251d')" "$TOP/file" >/dev/null
status 2 bpioctl blockers "$TOP/file"
says 'filter: a?[31mb (pid ' 'stream-paused (other): c?31mé'
says_not "$(printf '\033')"
"$BPIO_TMP/$name" pause --volume --text "$(printf 'c\23331m')" "$TOP" >/dev/null
status 1 bpioctl state "$TOP/file"
says 'Driver: a?[31mb' 'Reason: volume-paused: c?31m'
bpioctl blockers --json "$TOP/file" >"$BPIO_TMP/json" || true
iconv -f UTF-8 -t UTF-8 "$BPIO_TMP/json" >/dev/null || fail "not UTF-8"
OUT=$(cat "$BPIO_TMP/json")
says '"driver":"a?[31mb"' '"text":"c\ufffd31méd"'
bpioctl resume --volume "$TOP" >/dev/null
let_go reader
