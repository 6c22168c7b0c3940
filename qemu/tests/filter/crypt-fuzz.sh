# SPDX-License-Identifier: GPL-2.0
# Random writes, truncations, appends, holes, preallocation, uncached reads and writes: a file
# that is encrypted and a plain one cannot be told apart.
# fs: ext4 xfs
# debug-fs: ext4
# timeout: 200
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/crypt.sh"

crypt_on "$FS" nvme
for seed in 1 2; do
	checks crypt-fuzz "$TOP/file" "$MNT/plain" "$seed" 300
done
