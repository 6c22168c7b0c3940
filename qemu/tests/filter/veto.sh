# SPDX-License-Identifier: GPL-2.0
# Filters that veto: who is told and why, what those above see, vetoes that are none, the event, and
# what a RESUME makes of it.
# covers: R24 R25 R26 R27 R28 R52 R63 R64 R70 R77 R78 R79 R81 R82 R83
# fs: ext4
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/probe.sh"

stack_on "$FS" nvme
load_module bpio_probe
checks write-pattern "$TOP/file" 64k 1

asked="pre:enable post:enable pre:query post:query"
probe_all "add a 30 - $asked" "add b 20 - $asked" "add c 10 - $asked"

# All agree: each sees that those below have.
calls "direct=0 query=0 enable=0 enabled=1 path=full" "$TOP/file" direct query enable enabled path
agree() {
	printf '%s\n' "a pre $1" "b pre $1" "c pre $1" \
		"c post $1 0 agreed" "b post $1 0 agreed" "a post $1 0 agreed"
}
logged "$(agree query)" "$(agree enable)" "$(agree query)"

# The file system is below them all.
calls "directory=0 \
enable=EISDIR/bypassfs/directory/a directory has no data to read past the filters" \
	"$TOP" directory enable
logged "a pre enable" "b pre enable" "c pre enable" "c post enable 0" "b post enable 0" \
	"a post enable 0"

# One vetoes: those below are not asked, those above see it, he himself has no post.
tracing=/sys/kernel/tracing
mount -t tracefs none "$tracing" 2>/dev/null || true
echo 1 >"$tracing/events/bypassfs/bpio_filter_veto/enable"
at_exit eval "echo 0 >$tracing/events/bypassfs/bpio_filter_veto/enable"
echo >"$tracing/trace"
probe_all "set b pre:enable veto -26 57 the file is being scanned" \
	"set b pre:query veto -16 58 a snapshot is made, it takes a while"
calls "direct=0 enable=ETXTBSY/bpio_probe.b/auditing/the file is being scanned enabled=0 \
read=4096 query=EBUSY/bpio_probe.b/snapshot/a snapshot is made, it takes a while" \
	"$TOP/file" direct enable enabled read query
no() { printf '%s\n' "a pre $1" "b pre $1" "a post $1 0"; }
logged "$(no enable)" "$(no query)" "$(no query)"
trace=$(<"$tracing/trace")
[[ $trace == *bpio_filter_veto:*bpio_probe.b*-26*auditing* ]] || fail "no event: $trace"
assert_eq "$(grep -c bpio_filter_veto: <<<"$trace")" 3 "events"

# The first from the top is told.
probe set a pre:enable veto -1 60 first
calls "direct=0 enable=EPERM/bpio_probe.a/virtualization/first" "$TOP/file" direct enable
logged "a pre enable"
probe set a pre:enable nothing

# A text that is too long is cut between two characters.
long=$(printf 'x%.0s' {1..127})
probe set b pre:enable veto -26 57 "$long"$'\xc3\xa4'
calls "direct=0 enable=ETXTBSY/bpio_probe.b/auditing/$long+" "$TOP/file" direct enable
probe set b pre:enable veto -26 57 "${long}y"
calls "direct=0 enable=ETXTBSY/bpio_probe.b/auditing/${long}y" "$TOP/file" direct enable
probe set b pre:enable veto -26 57 "${long:1}"$'\xc3\xa4'
calls "direct=0 enable=ETXTBSY/bpio_probe.b/auditing/${long:1}"$'\xc3\xa4' "$TOP/file" direct enable

# What is no veto fails the ioctl, and nothing is enabled: no errno, no reason, no text.
for bad in "0 57 text" "26 57 text" "-5000 57 text" "-26 0 text" "-26 61 text" "-26 999 text" \
	"-26 57"; do
	probe_all "set b pre:enable veto $bad" "set b pre:query nothing"
	calls "direct=0 enable=EINVAL enabled=0 read=4096" "$TOP/file" direct enable enabled \
		read
	logged "a pre enable" "b pre enable" "b veto=-22" "a post enable -22" "$(agree query)"
done
probe_all "set b pre:enable nothing" "set b pre:query veto 0 57"
calls "direct=0 enable=0 query=EINVAL" "$TOP/file" direct enable query

# Nor can anything be vetoed but those two, nor on the way up; and a post changes nothing.
probe_all "set b pre:query nothing" "set b post:enable veto -26 57 too late" \
	"set c pre:query answer 0" "set c pre:enable answer 5" "set a post:enable answer -5"
calls "direct=0 enable=0 query=0 path=full" "$TOP/file" direct enable query path
logged "a pre enable" "b pre enable" "c pre enable" "b post enable 0 agreed" "b veto=-95" \
	"a post enable 0 agreed" "a pre query" "b pre query" "c pre query" \
	"b post query 0 agreed" "a post query 0 agreed"
ops=(disable volume-pause volume-resume stream-pause stream-resume get-info)
callbacks=$(printf 'pre:%s ' "${ops[@]}")
probe add d 5 bypass "$callbacks" pre:read
for op in "${ops[@]}"; do
	probe set d "pre:$op" veto -26 57 never
	calls "direct=0 enable=0 $op=0" "$TOP/file" direct enable "$op"
	grep -qxF "d veto=-95" /dev/bpio_probe || fail "$op was vetoed"
	probe set d "pre:$op" answer -5
	calls "direct=0 enable=0 $op=0" "$TOP/file" direct enable "$op"
done
probe set d pre:read veto -26 57 never
calls "open=0 read=EOPNOTSUPP" "$TOP/file" open read
probe del d

# A veto can be slow: it may sleep.
probe set c pre:enable sleep 300
calls "direct=0 enable=0" "$TOP/file" direct enable

# A RESUME asks all of them; who vetoes is told, and the pause goes on in his name.
probe_all "set c pre:enable nothing" "set c pre:query nothing" "set b post:enable nothing" \
	"set a post:enable nothing"
calls "direct=0 enable=0 stream-pause=0 stream-resume=EBUSY/bpio_probe.b/other/not yet \
path=lower-skipped stream-resume=0 path=full" "$TOP/file" direct enable stream-pause \
	"!set b pre:query veto -16 63 not yet" stream-resume path \
	"!set b pre:query nothing" stream-resume path

# Who means to veto, and does not do it properly, has not agreed: the pause goes on in his name.
calls "direct=0 enable=0 stream-pause=0 stream-resume=EOPNOTSUPP/bpio_probe.b/other/the filter \
vetoes without a proper reason path=lower-skipped stream-resume=0 path=full" "$TOP/file" \
	direct enable stream-pause "!set b pre:query veto 0 63 no" stream-resume path \
	"!set b pre:query nothing" stream-resume path

# Whoever comes has all be asked anew; when the one who vetoes has gone, the pause has as well.
probe set b pre:query veto -16 63 no
calls "direct=0 enable=0 path=full path=lower-skipped stream-resume=EBUSY/bpio_probe.b/other/no \
path=full" "$TOP/file" direct enable path "!add e 25 - pre:query" path stream-resume "!del b" path
