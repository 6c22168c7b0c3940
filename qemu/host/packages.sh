#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Host packages and package downloads. As a script: `packages.sh PURPOSE...` installs what is
# missing on the host for build, boot, debug, lint or model. Sourced: apt helpers for the cache.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# PURPOSE, probe (a command in PATH or a file), package
host_needs() {
	cat <<-LIST
	build gcc gcc
	build make make
	build /usr/lib/x86_64-linux-gnu/libc.so libc6-dev
	build /usr/include/x86_64-linux-gnu/asm/unistd.h linux-libc-dev
	build rsync rsync
	build modinfo kmod
	build depmod kmod
	build /usr/lib/x86_64-linux-gnu/libelf.so libelf-dev
	build pahole dwarves
	build /usr/include/openssl/ssl.h libssl-dev
	build xz xz-utils
	boot qemu-system-x86_64 qemu-system-x86
	boot mke2fs e2fsprogs
	boot cpio cpio
	boot gcc gcc
	boot depmod kmod
	debug flex flex
	debug bison bison
	debug bc bc
	debug xz xz-utils
	debug perl perl-base
	debug pahole dwarves
	debug /usr/lib/x86_64-linux-gnu/libelf.so libelf-dev
	debug /usr/include/openssl/ssl.h libssl-dev
	lint sparse sparse
	lint shellcheck shellcheck
	lint perl perl
	lint g++ g++
	lint /usr/include/gnu/stubs-32.h libc6-dev-i386
	lint /usr/lib/gcc/x86_64-linux-gnu/12/32/libgcc.a gcc-multilib
	model spin spin
	model gcc gcc
	LIST
}

have() {
	case $1 in
	/*) [ -e "$1" ] ;;
	*) PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null ;;
	esac
}

missing_packages() {
	local purpose probe package
	while read -r purpose probe package; do
		case " $* " in
		*" $purpose "*) have "$probe" || echo "$package" ;;
		esac
	done < <(host_needs) | sort -u
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		return 1
	fi
}

install_packages() {
	local want
	want=$(missing_packages "$@" | tr '\n' ' ')
	[ -n "$want" ] || return 0
	say "set-up: installing on this machine: $want"
	if ! as_root true 2>/dev/null; then
		die "not root and no sudo: run 'apt-get install $want' as root, then try again"
	fi
	as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq ||
		say "set-up: apt-get update failed; trying with the lists that are there"
	# shellcheck disable=SC2086 # a list of package names
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
		--no-install-recommends $want >"$OUT/apt-install.log" 2>&1 ||
		{ tail -n 20 "$OUT/apt-install.log" >&2; die "apt-get could not install: $want"; }
}

# apt options: no switch to the _apt user, which cannot write into a private cache; and for a
# user whose system has no package lists, lists of our own.
APT=(-o APT::Sandbox::User=root)
use_private_lists() {
	mkdir -p "$CACHE/apt/lists/partial" "$CACHE/apt/cache/archives/partial"
	APT+=(-o "Dir::State::Lists=$CACHE/apt/lists" -o "Dir::Cache=$CACHE/apt/cache")
}

apt_refresh() {
	[ -z "${APT_REFRESHED:-}" ] || return 1
	APT_REFRESHED=1
	say "set-up: reading the package lists again"
	if [ "$(id -u)" = 0 ]; then
		apt-get "${APT[@]}" update -qq >&2
	else
		use_private_lists
		apt-get "${APT[@]}" update -qq >&2
	fi
}

# candidate PACKAGE: the version apt would install, or nothing
candidate() {
	apt-cache "${APT[@]}" policy "$1" 2>/dev/null |
		sed -n 's/^  Candidate: //p' | grep -v '^(none)$' || true
}

# need_candidate PACKAGE: the same, reading the lists once more if it is not known
need_candidate() {
	local version
	version=$(candidate "$1")
	if [ -z "$version" ] && apt_refresh; then
		version=$(candidate "$1")
	fi
	printf '%s' "$version"
}

# depends PACKAGE VERSION: one "name" per line, first alternative only
depends() {
	apt-cache "${APT[@]}" show "$1=$2" | sed -n 's/^Depends: //p' | head -n 1 |
		tr ',' '\n' | sed 's/|.*//; s/^ *//; s/[ (:].*//' | grep -v '^$' || true
}

# download DIR PACKAGE=VERSION...: .deb files into DIR
download() {
	local dir=$1; shift
	mkdir -p "$dir"
	(cd "$dir" && apt-get "${APT[@]}" -qq download "$@" >&2) && return
	apt_refresh || return 1
	(cd "$dir" && apt-get "${APT[@]}" -qq download "$@" >&2)
}

# unpack DEB ROOT: like dpkg -x, but keeps /bin -> usr/bin and the like
unpack() {
	mkdir -p "$2"
	dpkg-deb --fsys-tarfile "$1" |
		tar -x -C "$2" --keep-directory-symlink --no-same-owner
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
	[ $# -gt 0 ] || die "usage: packages.sh build|boot|debug|lint|model ..."
	install_packages "$@"
fi
