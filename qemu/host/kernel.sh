#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The distribution's own kernels, image and headers, unpacked into the cache and never installed.
#   kernel.sh get 6.1|6.12      fetches what is missing, prints the kernel's directory
# That directory holds vmlinuz, release, headers (a link, for make -C), modules.img and root/.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

metapackage() {
	case $1 in
	6.1) echo linux-image-cloud-amd64 ;;
	6.12) echo linux-image-6.12-cloud-amd64 ;;
	*) die "no kernel $1: one of $KERNELS" ;;
	esac
}

# headers_of ABI VERSION: the packages a build against this kernel needs, as name=version
headers_of() {
	local abi=$1 version=$2 name
	echo "linux-headers-$abi=$version"
	for name in $(depends "linux-headers-$abi" "$version"); do
		case $name in
		linux-headers-*) echo "$name=$version" ;;
		linux-kbuild-*) echo "$name=$(candidate "$name")" ;;
		esac
	done
}

# The header package points at /usr/src; point it at where we unpacked it.
relocate_headers() {
	local root=$1 abi=$2 file
	file=$root/usr/src/linux-headers-$abi/Makefile
	sed -i "s|/usr/src/|$root/usr/src/|g" "$file"
	file=$(sed -n 's/^include //p' "$file")
	sed -i "s|/usr/lib/linux-kbuild|$root/usr/lib/linux-kbuild|g" "$file"
	ln -sfn "$root/usr/src/linux-headers-$abi" "$root/../headers"
}

# make_modules_image TREE RELEASE IMAGE: /lib/modules of one kernel as a small ext4
make_modules_image() {
	local tree=$1 release=$2 image=$3 size
	PATH=$PATH:/usr/sbin:/sbin depmod -b "$tree" "$release"
	size=$(du -sm "$tree/lib/modules/$release" | cut -f1)
	rm -f "$image.new"
	PATH=$PATH:/usr/sbin:/sbin mke2fs -q -t ext4 -O ^has_journal -E root_owner=0:0 \
		-d "$tree/lib/modules" "$image.new" "$((size + size / 4 + 16))m" >/dev/null
	mv "$image.new" "$image"
}

fetch() {
	local version=$1 abi=$2 dir=$3 image deb
	image=linux-image-$abi
	say "set-up: fetching $image $version and its headers (60 MB)"
	rm -rf "$dir"
	mkdir -p "$dir/debs" "$dir/root"
	# shellcheck disable=SC2046 # a list of packages
	download "$dir/debs" "$image=$version" $(headers_of "$abi" "$version") ||
		die "could not download $image $version"
	for deb in "$dir"/debs/*.deb; do
		unpack "$deb" "$dir/root"
	done
	rm -rf "$dir/debs"
	relocate_headers "$dir/root" "$abi"
	ln -sfn "root/boot/vmlinuz-$abi" "$dir/vmlinuz"
	ln -sfn "root/boot/config-$abi" "$dir/config"
	echo "$abi" >"$dir/release"
	make_modules_image "$dir/root" "$abi" "$dir/modules.img"
	echo "$version $abi" >"$dir/stamp"
}

# newest_cached SERIES: for a machine that is off line
newest_cached() {
	find "$CACHE" -maxdepth 2 -path "$CACHE/kernel-$1-*/stamp" -printf '%T@ %h\n' |
		sort -n | tail -n 1 | cut -d' ' -f2
}

get() {
	local series=$1 meta version abi dir
	meta=$(metapackage "$series")
	version=$(need_candidate "$meta")
	if [ -z "$version" ]; then
		dir=$(newest_cached "$series")
		[ -n "$dir" ] || die "apt knows no $meta: this needs Debian 12 with its security archive"
		say "set-up: apt knows no $meta; using $dir"
		echo "$dir"
		return
	fi
	abi=$(depends "$meta" "$version" | sed -n 's/^linux-image-//p' | head -n 1)
	[ -n "$abi" ] || die "$meta $version names no kernel image"
	dir=$CACHE/kernel-$series-$version
	if [ "$(first_line "$dir/stamp")" != "$version $abi" ]; then
		fetch "$version" "$abi" "$dir"
	fi
	echo "$dir"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
	case ${1:-} in
	get) with_lock "kernel-${2:?series}" get "$2" ;;
	*) die "usage: kernel.sh get 6.1|6.12" ;;
	esac
fi
