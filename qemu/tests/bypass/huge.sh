# SPDX-License-Identifier: GPL-2.0
# To enable a file of 100 GB takes no longer than a small one: nothing is mapped before it is read, and
# then a little around the read. mke2fs lays the file out, so that nobody has to write it.
# fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

kept() { bpioctl info --json "$TOP/huge" | grep -o "\"$1\":[0-9]*" | cut -d: -f2; }

cat >"$BPIO_TMP/mke2fs.conf" <<'CONF'
[defaults]
	base_features = sparse_super,large_file,filetype,dir_index,ext_attr
[fs_types]
	ext4 = {
		features = extent,huge_file,flex_bg,dir_nlink,extra_isize,64bit
		inode_ratio = 67108864
		make_hugefiles = true
		hugefiles_dir = /lower
		hugefiles_name = huge
		hugefiles_digits = 0
		hugefiles_size = 100G
		num_hugefiles = 1
		zero_hugefiles = false
	}
CONF
null_blk_disk size=112640
MKE2FS_CONFIG=$BPIO_TMP/mke2fs.conf stack_on ext4 "$DISK"
assert_eq "$(stat -c %s "$TOP/huge")" $((100 << 30)) "size of the file"
status 0 filefrag -v "$LOWER/huge"
says_not unwritten

start=$(date +%s%N)
hold reader bpioctl enable "$TOP/huge"
wait_until 20 told reader 'enabled:'
ms=$((($(date +%s%N) - start) / 1000000))
[ $ms -lt 5000 ] || fail "ENABLE took $ms ms"
assert_eq "$(kept map_extents)" 0 "extents before the first read"
checks handle "$TOP/huge" "$LOWER/huge" enable read=0,4096,full read=50g,64k,full \
	read=107374178304,4096,full state=armed
extents=$(kept map_extents)
if [ "$extents" = 0 ] || [ "$extents" -gt 6 ]; then
	fail "three reads have mapped $extents extents"
fi
let_go reader
