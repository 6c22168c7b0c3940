# SPDX-License-Identifier: GPL-2.0
# Calls go down along the filters by altitude and up again; filters that cannot be are refused, and
# the kernel log says why.
# covers: R36 R49 R56 R68 R69 R76 R82
# fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/probe.sh"

stack_on "$FS" nvme
load_module bpio_probe
checks write-pattern "$TOP/file" 64k 1

both="pre:read post:read pre:write post:write pre:open post:open"

# Altitudes are numbers of any precision, in whatever order their filters come.
probe_all "add b 325000.3 bypass $both" "add e 0140000 bypass $both" \
	"add a 1000000000000000000000000.5 bypass $both" "add c 325000.25 bypass $both" \
	"add d 325000 bypass $both"
logged "b attach" "e attach" "a attach" "c attach" "d attach"
calls "open=0 read=4096" "$TOP/file" open read
logged "a pre open" "b pre open" "c pre open" "d pre open" "e pre open" \
	"e post open 0" "d post open 0" "c post open 0" "b post open 0" "a post open 0" \
	"a pre read 0+4096" "b pre read 0+4096" "c pre read 0+4096" "d pre read 0+4096" \
	"e pre read 0+4096" "e post read 4096" "d post read 4096" "c post read 4096" \
	"b post read 4096" "a post read 4096"

# Only those that were told to go on and asked for it have their post callback called.
probe_all "set c pre:read answer -5" "set a post:write answer 7"
calls "open=0 read=EIO write=7" "$TOP/file" open read write
logged "a pre open" "b pre open" "c pre open" "d pre open" "e pre open" \
	"e post open 0" "d post open 0" "c post open 0" "b post open 0" "a post open 0" \
	"a pre read 0+4096" "b pre read 0+4096" "c pre read 0+4096" "b post read -5" \
	"a post read -5" \
	"a pre write 0+4096" "b pre write 0+4096" "c pre write 0+4096" "d pre write 0+4096" \
	"e pre write 0+4096" "e post write 4096" "d post write 4096" "c post write 4096" \
	"b post write 4096" "a post write 4096"
probe_all "set b pre:write no-post" "set d pre:write no-post"
calls "open=0 write=7" "$TOP/file" open write
logged "a pre open" "b pre open" "c pre open" "d pre open" "e pre open" \
	"e post open 0" "d post open 0" "c post open 0" "b post open 0" "a post open 0" \
	"a pre write 0+4096" "b pre write 0+4096" "c pre write 0+4096" "d pre write 0+4096" \
	"e pre write 0+4096" "e post write 4096" "c post write 4096" "a post write 4096"

# Names and altitudes are unique, however they are spelt.
dmesg -C
for altitude in 325000 0325000 325000.0 325000.300 0325000.2500; do
	assert_fails "File exists" probe add x "$altitude" bypass pre:open
done
assert_fails "File exists" probe add a 17 bypass pre:open
for altitude in "" . 5. .5 -5 +5 5a 5.5.5 0x5 1e5 5,5 555555555555555555555555555555555; do
	assert_fails "Invalid argument" probe add x "${altitude:- }" bypass pre:open
done
for name in =other =bpio_prob =bpio_probes.x x.$'\t'y x.$'\xc3\xa4' xxxxxxxxxxxxxxxxxxxxxxx; do
	assert_fails "Invalid argument" probe add "$name" 18 bypass pre:open
done
assert_fails "Invalid argument" probe add x 18 bypass,unknown pre:open
assert_fails "Invalid argument" probe add x 18 bypass
log=$(dmesg)
for text in "the altitude is in use" "the name is in use" "the altitude is not a number" \
	"the name is not the module's" "unknown features" "it has no callbacks"; do
	[[ $log == *"bypassfs: bpio_probe: filter \""*"$text"* ]] || fail "not logged: $text: $log"
done
[[ $log != *"cut here"* ]] || fail "a refusal is reported as a fault: $log"

# What is gone is gone, what comes again has its place.
probe del c
probe del a
probe add a 325000.26 bypass pre:read
probe clear
calls "open=0 read=4096" "$TOP/file" open read
logged "b pre open" "d pre open" "e pre open" "e post open 0" "d post open 0" "b post open 0" \
	"b pre read 0+4096" "a pre read 0+4096" "d pre read 0+4096" "e pre read 0+4096" \
	"e post read 4096" "d post read 4096" "b post read 4096"
probe_all "del a" "del b" "del d" "del e"

# Operations come to all, from the top down; what a filter sends only to those below it.
ops="pre:disable post:disable pre:volume-pause pre:volume-resume pre:stream-pause"
probe_all "add a 30 - $ops" "add b 20 - pre:fsync $ops" "add c 10 - $ops"
calls "direct=0 enable=0 path=full disable=0 path=traditional volume-pause=0 volume-resume=0" \
	"$TOP/file" direct enable path disable path volume-pause volume-resume
logged "a pre disable" "b pre disable" "c pre disable" \
	"c post disable 0" "b post disable 0" "a post disable 0" \
	"a pre volume-pause" "b pre volume-pause" "c pre volume-pause" \
	"a pre volume-resume" "b pre volume-resume" "c pre volume-resume"
probe set b pre:fsync send 6
calls "direct=0 enable=0 path=full fsync=0 path=lower-skipped stream-pause=0" "$TOP/file" \
	direct enable path fsync path stream-pause
logged "b pre fsync" "c pre stream-pause" \
	"a pre stream-pause" "b pre stream-pause" "c pre stream-pause"

# It writes below where the file is open for writing, and else not: nobody would have disarmed it.
before=$(sha256sum <"$LOWER/file")
probe set b pre:fsync write 0
calls "direct=0 enable=0 path=full fsync=0 path=full" "$TOP/file" direct enable path fsync path
logged "b pre fsync" "b write=-9"
[ "$(sha256sum <"$LOWER/file")" = "$before" ] || fail "written to all the same"
