#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guests' user land: Debian packages with their dependencies in one read-only ext4 image.
#   rootfs.sh get       builds it when the list or a version changed, prints the image's path
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

# What tests may rely on being there.
GUEST_PACKAGES="bash coreutils util-linux mount e2fsprogs xfsprogs btrfs-progs f2fs-tools dmsetup
attr acl fio fsverity quota procps findutils grep sed gawk keyutils libaio1 liburing2 kmod strace
libc-bin libssl3 hostname diffutils tar"

# resolve: name=version of the whole closure, one per line; nothing when apt cannot say
resolve() {
	local status=$OUT/.empty-status
	: >"$status"
	# shellcheck disable=SC2086 # a list of package names
	apt-get "${APT[@]}" -s -o "Dir::State::status=$status" --no-install-recommends \
		install $GUEST_PACKAGES 2>/dev/null |
		sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' | sort
}

make_tree() {
	local root=$1 dir
	shift
	mkdir -p "$root"/usr/{bin,sbin,lib,lib32,lib64,libx32}
	for dir in bin sbin lib lib32 lib64 libx32; do
		ln -s "usr/$dir" "$root/$dir"
	done
	for deb in "$@"; do
		unpack "$deb" "$root"
	done
	mkdir -p "$root"/{proc,sys,dev,tmp,run,mnt,root,bpio,home,etc,usr/lib/modules}
	rm -rf "$root"/usr/share/{doc,man,info,locale,i18n,lintian,bash-completion}
	ln -sf gawk "$root/usr/bin/awk"
	ln -sf bash "$root/usr/bin/sh"
	ln -sfn /proc/self/mounts "$root/etc/mtab"
	cat >"$root/etc/passwd" <<-PASSWD
	root:x:0:0:root:/root:/bin/bash
	nobody:x:65534:65534:nobody:/:/bin/sh
	alice:x:1000:1000:test user:/tmp:/bin/bash
	bob:x:1001:1001:test user:/tmp:/bin/bash
	PASSWD
	cat >"$root/etc/group" <<-GROUP
	root:x:0:
	nogroup:x:65534:
	alice:x:1000:
	bob:x:1001:
	shared:x:1002:alice,bob
	GROUP
	echo guest >"$root/etc/hostname"
}

build() {
	local list=$1 dir=$2
	say "set-up: fetching the guests' user land, $(wc -l <<<"$list") packages (65 MB)"
	rm -rf "$dir"
	mkdir -p "$dir/debs"
	# shellcheck disable=SC2086 # a list of packages
	download "$dir/debs" $list || die "could not download the guests' packages"
	make_tree "$dir/root" "$dir"/debs/*.deb
	PATH=$PATH:/usr/sbin:/sbin mke2fs -q -t ext4 -O ^has_journal -E root_owner=0:0 \
		-d "$dir/root" "$dir/root.img" 600m >/dev/null
	rm -rf "$dir/root" "$dir/debs"
	echo "$list" >"$dir/packages"
	sha256_of "$dir/packages" >"$dir/stamp"
}

get() {
	local list key dir
	list=$(resolve)
	if [ -z "$list" ] && apt_refresh; then
		list=$(resolve)
	fi
	if [ -z "$list" ]; then
		dir=$(find "$CACHE" -maxdepth 2 -path "$CACHE/rootfs-*/stamp" -printf '%T@ %h\n' |
			sort -n | tail -n 1 | cut -d' ' -f2)
		[ -n "$dir" ] || die "apt cannot resolve the guests' packages"
		say "set-up: apt cannot resolve the guests' packages; using $dir"
		echo "$dir/root.img"
		return
	fi
	# The recipe is this file too: a changed one must not pass an old image for a new one.
	key=$( (echo "$list"; cat "${BASH_SOURCE[0]}") | sha256sum | cut -c1-16)
	dir=$CACHE/rootfs-$key
	[ -s "$dir/stamp" ] || build "$list" "$dir"
	echo "$dir/root.img"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
	case ${1:-} in
	get) with_lock rootfs get ;;
	*) die "usage: rootfs.sh get" ;;
	esac
fi
