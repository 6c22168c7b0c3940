# SPDX-License-Identifier: GPL-2.0
#
# What this kernel's headers offer. Each line names a macro for compat.h, a
# header, and a pattern that the header contains when the feature is there.
# Interfaces move inside one stable series, so versions say nothing.

compat-include := $(srctree)/include/linux
compat-feature = $(if $(shell grep -Es '$(3)' $(compat-include)/$(2)),-D$(1))

compat-flags := \
	$(call compat-feature,COMPAT_HAS_MNT_IDMAP,mnt_idmapping.h,struct mnt_idmap;) \
	$(call compat-feature,COMPAT_HAS_ACL_BY_DENTRY,fs.h,get_inode_acl) \
	$(call compat-feature,COMPAT_HAS_UPDATE_TIME_NOW,fs.h,update_time.*struct timespec64) \
	$(call compat-feature,COMPAT_HAS_LOCK_CORE,filelock.h,struct file_lock_core) \
	$(call compat-feature,COMPAT_HAS_FILELOCK_H,filelock.h,_LINUX_FILELOCK_H) \
	$(call compat-feature,COMPAT_HAS_KERNEL_TMPFILE,fs.h,kernel_tmpfile_open) \
	$(call compat-feature,COMPAT_HAS_FH_FLAGS,exportfs.h,EXPORT_FH_FID) \
	$(call compat-feature,COMPAT_HAS_FREEZE_HOLDER,fs.h,enum freeze_holder) \
	$(call compat-feature,COMPAT_HAS_SPLICE_READ,splice.h,vfs_splice_read) \
	$(call compat-feature,COMPAT_HAS_COPY_SPLICE,fs.h,copy_splice_read) \
	$(call compat-feature,COMPAT_HAS_SPLICE_COPY,splice.h,splice_copy_file_range) \
	$(call compat-feature,COMPAT_HAS_EXTRACT_PAGES,uio.h,iov_iter_extract_pages) \
	$(call compat-feature,COMPAT_HAS_ITER_IOV,uio.h,iter_iov_addr) \
	$(call compat-feature,COMPAT_HAS_INODE_ATIME,fs.h,inode_get_atime_sec) \
	$(call compat-feature,COMPAT_HAS_PLUG_TIME,blkdev.h,cur_ktime;) \
	$(call compat-feature,COMPAT_HAS_AREA_PERM,fsnotify.h,fsnotify_file_area_perm) \
	$(call compat-feature,COMPAT_HAS_SHRINKER_ALLOC,shrinker.h,shrinker_alloc) \
	$(call compat-feature,COMPAT_HAS_SB_ENCODING,fs.h,sb_has_encoding) \
	$(call compat-feature,COMPAT_HAS_CONST_XATTR_TABLE,fs.h,xattr_handler \* const \*s_xattr)

# Of the two ways to hand ACLs down, the one that the kernel asks for
compat-objs := $(if $(filter -DCOMPAT_HAS_ACL_BY_DENTRY,$(compat-flags)),acl_dentry.o,acl_inode.o)
