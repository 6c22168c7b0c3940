# SPDX-License-Identifier: GPL-2.0
# Handles, files and mounts are counted and switched off apart from each other: who has not asked
# for the bypass does not get it, and whom a pause does not name goes on.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
mount_bypassfs "$LOWER" /mnt/second
checks write-pattern "$TOP/file" 1m 1
checks write-pattern "$TOP/other" 1m 2
# other handles, as steps of the first one
same="checks handle $TOP/file $LOWER/file"
other="checks handle $TOP/other $LOWER/other"
second="checks handle /mnt/second/file $LOWER/file"

# covers: R16 R39
checks handle "$TOP/file" "$LOWER/file" enable reads=full \
	"run=$same flags-=enabled read=0,4096,none enable count=2 reads=full disable count=1 \
		state=armed flags-=enabled read=0,4096,traditional,not-enabled" \
	flags+=enabled state=armed reads=full disable state=idle

# covers: R18 R19
checks handle "$TOP/file" "$LOWER/file" mounted=0 enable mounted=1 enable mounted=1 \
	"run=$other count=0 mounted=1 enable count=1 mounted=2 disable count=0 mounted=1" \
	"run=$other enable mounted=2" mounted=1 \
	"run=$second mounted=0 enable mounted=1" mounted=1 disable mounted=0

# covers: R21 R54
checks handle "$TOP/file" "$LOWER/file" enable stream-pause reads=lower-skipped \
	"run=$other enable flags-=stream-paused reads=full" \
	"run=$second enable flags-=stream-paused reads=full" stream-resume reads=full \
	volume-pause "run=$other enable=volume-paused count=1 flags+=volume-paused \
		flags+=suspended reads=filters-skipped" \
	"run=$second enable flags-=volume-paused reads=full" reads=filters-skipped \
	volume-resume reads=full "run=$other enable disable" reads=full
