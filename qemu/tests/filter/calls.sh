# SPDX-License-Identifier: GPL-2.0
# Every call that filters see, what they can answer themselves, and what becomes of that. And that a
# read of an enabled file is seen by them when the stream is paused, and goes to the disk.
# covers: R22 R55 R58 R69
# fs: ext4 xfs
# debug-fs: ext4
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/probe.sh"

stack_on "$FS" nvme
load_module bpio_probe
checks write-pattern "$TOP/file" 64k 1

types=(open release read write setattr fallocate mmap fsync)
all=$(printf 'pre:%s post:%s ' open open release release read read write write setattr setattr \
	fallocate fallocate mmap mmap fsync fsync)
probe_all "add a 20 bypass $all" "add b 10 bypass $all"

# Each is seen, by both, down and up.
seen() { printf '%s\n' "a pre $1" "b pre $1" "b post ${2-$1 0}" "a post ${2-$1 0}"; }
calls "open=0 read=4096 write=4096 fchmod=0 ftruncate=0 fallocate=0 punch=0 mmap=0 fsync=0 \
fdatasync=0 close=0 truncate=0" "$TOP/file" \
	open read write fchmod ftruncate fallocate punch mmap fsync fdatasync close truncate
logged "$(seen open)" "$(seen 'read 0+4096' 'read 4096')" "$(seen 'write 0+4096' 'write 4096')" \
	"$(seen setattr)" "$(seen setattr)" "$(seen fallocate)" "$(seen fallocate)" \
	"$(seen mmap)" "$(seen fsync)" "$(seen fsync)" "$(seen release)" "$(seen setattr)"

# Also of files that the call makes, and of those that have no name.
calls "create=0 write=4096 close=0 unlink=0" "$TOP/new" create write close unlink
logged "$(seen open)" "$(seen 'write 0+4096' 'write 4096')" "$(seen release)"
calls "tmpfile=0 write=4096 close=0" "$TOP" tmpfile write close
logged "$(seen open)" "$(seen 'write 0+4096' 'write 4096')" "$(seen release)"
calls "truncated=0 close=0" "$TOP/file" truncated close
logged "$(seen open)" "$(seen setattr)" "$(seen release)"
checks write-pattern "$TOP/file" 64k 1

# Directories are not theirs.
calls "directory=0 fsync=0 close=0" "$TOP" directory fsync close
logged

# What may not wait cannot be shown, and what is not shown is not done.
calls "open=0 nowait=EAGAIN nowait-write=EAGAIN" "$TOP/file" open nowait nowait-write
logged "$(seen open)" "$(seen release)"

# Refused on the way down: nobody below sees it, and nothing has happened.
refuse() {
	local type
	for type in "${@:3}"; do
		probe set b "$1:$type" answer "$2"
	done
}
state() { sha256sum <"$LOWER/file"; stat -c '%s %a %b' "$LOWER/file"; }
before=$(state)
refuse pre -13 "${types[@]}"
calls "open=EACCES truncate=EACCES" "$TOP/file" open truncate
no() { printf '%s\n' "a pre $1" "b pre $1" "a post ${1%% *} -13"; }
logged "$(no open)" "$(no setattr)"
calls "create=EACCES" "$TOP/new" create
calls "tmpfile=EACCES" "$TOP" tmpfile
refuse pre 0 open
calls "open=EACCES" "$TOP/file" open
probe set b pre:open nothing
calls "open=0 read=EACCES write=EACCES ftruncate=EACCES fallocate=EACCES punch=EACCES mmap=EACCES \
fsync=EACCES close=0" "$TOP/file" open read write ftruncate fallocate punch mmap fsync close
logged "$(seen open)" "$(no 'read 0+4096')" "$(no 'write 0+4096')" "$(no setattr)" \
	"$(no fallocate)" "$(no fallocate)" "$(no mmap)" "$(no fsync)" \
	"a pre release" "b pre release" "a post release 0"
assert_eq "$(state)" "$before" "the file after what was refused"

# Or on the way up, where it has happened.
refuse pre -13 "${types[@]}"
for type in "${types[@]}"; do
	probe set b "pre:$type" nothing
done
refuse post -5 "${types[@]}"
calls "open=EIO truncated=EIO truncate=EIO" "$TOP/file" open truncated truncate
calls "create=EIO" "$TOP/new2" create
calls "tmpfile=EIO" "$TOP" tmpfile
logged "a pre open" "b pre open" "b post open 0" "a post open -5"
probe set b post:open nothing
calls "open=0 read=EIO write=EIO ftruncate=EIO fallocate=EIO mmap=EIO fsync=EIO close=0" \
	"$TOP/file" open read write ftruncate fallocate mmap fsync close
assert_eq "$(stat -c %s "$TOP/file")" 12288 "size after a truncation that was told as failed"

# Completed with success: what could be done, was done by the filter.
for type in "${types[@]}"; do
	probe set b "post:$type" nothing
done
before=$(state)
refuse pre 0 setattr fallocate fsync write
probe set b pre:read answer 17
calls "open=0 read=17 write=0 ftruncate=0 fallocate=0 fsync=0" "$TOP/file" \
	open read write ftruncate fallocate fsync
assert_eq "$(state)" "$before" "the file after what was not done"
probe_all "del a" "del b"
rm "$TOP/new" "$TOP/new2"

# A read that filters may be skipped by is not seen; when the stream is paused it is, and still goes
# to the disk. A volume pause changes nothing for them.
checks write-pattern "$TOP/file" 64k 1
probe_all "add a 20 bypass pre:read post:read" clear
calls "direct=0 read=4096 enable=0 path=full" "$TOP/file" direct read enable path
logged "a pre read 0+4096" "a post read 4096"
calls "direct=0 enable=0 stream-pause=0 path=lower-skipped" "$TOP/file" \
	direct enable stream-pause path
logged "a pre read 0+4096" "a post read 4096"
calls "direct=0 enable=0 stream-pause=0 path=lower-skipped stream-resume=0 path=full \
volume-pause=0 path=filters-skipped volume-resume=0 disable=0 path=traditional" "$TOP/file" \
	direct enable stream-pause "!set a pre:read nothing" path stream-resume "!clear" path \
	volume-pause path volume-resume disable path
logged "a pre read 0+4096" "a post read 4096"

# Blocks are not shared with who has something to see, and are when it has gone.
if [ "$FS" = xfs ]; then
	calls "open=0 clone=EOPNOTSUPP dedupe=EOPNOTSUPP" "$TOP/file" open clone dedupe
	probe_all "del a" "add a 20 bypass pre:write"
	calls "open=0 clone=EOPNOTSUPP dedupe=EOPNOTSUPP" "$TOP/file" open clone dedupe
	probe_all "del a" "add a 20 bypass pre:open"
	calls "open=0 clone=0 dedupe=0" "$TOP/file" open clone dedupe
	assert_same_file "$TOP/file" "$TOP/file.copy"
fi
