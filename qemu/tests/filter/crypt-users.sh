# SPDX-License-Identifier: GPL-2.0
# Programs write, read and append while the file is encrypted and decrypted: each finds what it
# has written. Mappings and encryption keep each other out.
# fs: ext4 xfs
# debug-fs: ext4
# timeout: 200
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/crypt.sh"
. "$BPIO_LIB/tool.sh"
. "$BPIO_LIB/probe.sh"

crypt_on "$FS" nvme
checks crypt-users "$TOP/file" 8
checks crypt-mmap "$TOP/mapped"

# A mapping that bpio_crypt has let pass, and that is not there yet: who encrypts waits for it.
load_module bpio_probe
probe_all "add a 10 bypass pre:mmap" "set a pre:mmap sleep 3000" clear
hold mapper checks crypt-map "$TOP/mapped"
wait_until 20 grep -q "^a pre mmap" /dev/bpio_probe
assert_fails "mapped into memory" bpio-crypt encrypt test "$TOP/mapped"
ended mapper 0
probe del a
bpio-crypt encrypt test "$TOP/mapped"
assert_fails "No such device" checks crypt-map "$TOP/mapped"
