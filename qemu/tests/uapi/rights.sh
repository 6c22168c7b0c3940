# SPDX-License-Identifier: GPL-2.0
# Who may do what: pausing a volume is for CAP_SYS_ADMIN, pausing a stream for the file's owner,
# the rest is for whoever can open the file.
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on ext4 nvme
checks write-pattern "$TOP/file" 64k 1
chown alice:alice "$TOP/file"
chmod 644 "$TOP/file"
for user in alice bob; do
	for op in enable disable query get-info; do
		as_user "$user" checks uapi-op "$TOP/file" "$op" 0
	done
	for op in volume-pause volume-resume; do
		as_user "$user" checks uapi-op "$TOP/file" "$op" EPERM
	done
done
# covers: R61
for op in stream-pause stream-resume; do
	as_user alice checks uapi-op "$TOP/file" "$op" 0
	as_user bob checks uapi-op "$TOP/file" "$op" EPERM
	checks uapi-op "$TOP/file" "$op" 0
done
# covers: R47
for op in volume-pause volume-resume; do
	checks uapi-op "$TOP/file" "$op" 0
done

# A root without the capability is nobody special.
without() {
	setpriv --bounding-set="-$1" --inh-caps="-$1" -- "${@:2}"
}
without sys_admin checks uapi-op "$TOP/file" volume-pause EPERM
without fowner checks uapi-op "$TOP/file" stream-pause EPERM
