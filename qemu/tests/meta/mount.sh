# SPDX-License-Identifier: GPL-2.0
# A test that leaves a file system mounted.
# expect: left mounted: /mnt/left
. "$BPIO_LIB/common.sh"

mkdir /mnt/left
mount -t tmpfs none /mnt/left
