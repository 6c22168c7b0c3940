#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The debug lane's kernel: Debian's linux-source-6.12 with qemu/config/debug.config.
#   debug-kernel.sh get     builds it when there is none for this source and config (12 minutes
#                           on two cores), prints its directory
#   debug-kernel.sh scripts unpacks its source only, prints the directory of checkpatch.pl
# That directory holds linux/ (the build tree, for make -C), vmlinuz, release, headers,
# modules.img. The stamp is written last and holds the key and the image's checksum, so that
# neither a half-built kernel nor one of another config is ever booted.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/kernel.sh"

CONFIG=$TOP/qemu/config/debug.config
SOURCE=linux-source-6.12

key_of() { (echo "$1"; cat "$CONFIG") | sha256sum | cut -c1-16; }

get_source() {
	local version=$1 dir=$2
	[ ! -e "$dir/linux/Makefile" ] || return 0
	say "set-up: fetching $SOURCE $version (150 MB)"
	rm -rf "$dir/src"
	download "$dir/src" "$SOURCE=$version" || die "could not download $SOURCE $version"
	unpack "$dir"/src/*.deb "$dir/src"
	mkdir -p "$dir/linux.new"
	tar -x --strip-components=1 -C "$dir/linux.new" -f "$dir/src/usr/src/$SOURCE.tar.xz"
	mv "$dir/linux.new" "$dir/linux"
	rm -rf "$dir/src"
}

# Every option asked for must have survived the dependencies, or the lane tests less than it says.
check_config() {
	local line name missing=
	while read -r line; do
		case $line in
		CONFIG_*=n)
			name=${line%=n}
			! grep -q "^$name=" "$1" || missing+=" $line"
			;;
		CONFIG_*) grep -qx "$line" "$1" || missing+=" $line" ;;
		esac
	done <"$CONFIG"
	[ -z "$missing" ] || die "the debug kernel's configuration did not take:$missing"
}

# progress LOG: a line every 30 seconds, as the build is silent otherwise
progress() {
	local start=$SECONDS
	while sleep 30; do
		say "set-up: debug kernel: $(grep -c '^  [A-Z]' "$1") objects," \
			"$((SECONDS - start)) s"
	done
}

# Somebody's make in this very tree: wait for it rather than fight with it.
wait_for_builder() {
	local tree pid said=
	tree=$(readlink -f "$1")
	while :; do
		pid=$(for p in /proc/[0-9]*; do
			[ "$(readlink "$p/cwd" 2>/dev/null)" = "$tree" ] &&
				[ "$(cat "$p/comm" 2>/dev/null)" = make ] && echo "${p#/proc/}"
		done | head -n 1) || true
		[ -n "$pid" ] || return 0
		[ -n "$said" ] || say "set-up: waiting for the debug kernel's build, pid $pid"
		said=1
		tail --pid="$pid" -s 5 -f /dev/null
	done
}

compile() {
	local dir=$1 log=$1/build.log watcher rc=0 flags=()
	wait_for_builder "$dir/linux"
	flags=(-C "$dir/linux" KBUILD_BUILD_TIMESTAMP=1970-01-01 KBUILD_BUILD_USER=bypassfs
		KBUILD_BUILD_HOST=bypassfs)
	if [ ! -e "$dir/linux/.config" ]; then
		make "${flags[@]}" "KCONFIG_ALLCONFIG=$CONFIG" allnoconfig >"$log" 2>&1 ||
			{ tail "$log" >&2; die "allnoconfig failed"; }
	fi
	check_config "$dir/linux/.config"
	say "set-up: building the debug kernel (12 minutes on two cores; log: $log)"
	progress "$log" & watcher=$!
	make "${flags[@]}" -j"$JOBS" bzImage modules >>"$log" 2>&1 || rc=$?
	kill "$watcher" 2>/dev/null || true
	wait "$watcher" 2>/dev/null || true
	[ "$rc" = 0 ] || { tail -n 30 "$log" >&2; die "the debug kernel did not build"; }
}

stage() {
	local dir=$1 release
	release=$(cat "$dir/linux/include/config/kernel.release")
	rm -rf "$dir/mods"
	make -C "$dir/linux" INSTALL_MOD_PATH="$dir/mods" modules_install >>"$dir/build.log" 2>&1
	rm -f "$dir/mods/lib/modules/$release"/{build,source}
	make_modules_image "$dir/mods" "$release" "$dir/modules.img"
	rm -rf "$dir/mods"
	ln -sfn linux/arch/x86/boot/bzImage "$dir/vmlinuz"
	ln -sfn linux/.config "$dir/config"
	ln -sfn linux "$dir/headers"
	echo "$release" >"$dir/release"
}

stamp_of() { echo "$1 $(sha256_of "$2/linux/arch/x86/boot/bzImage")"; }

is_fresh() {
	local key=$1 dir=$2
	[ -s "$dir/stamp" ] && [ -s "$dir/modules.img" ] &&
		[ -s "$dir/linux/Module.symvers" ] &&
		[ "$(cat "$dir/stamp")" = "$(stamp_of "$key" "$dir" 2>/dev/null)" ]
}

# The version is remembered, so that a machine that is off line finds its kernel again.
source_version() {
	local version
	version=$(need_candidate "$SOURCE")
	if [ -n "$version" ]; then
		echo "$version" >"$CACHE/$SOURCE.version"
	else
		version=$(first_line "$CACHE/$SOURCE.version")
	fi
	[ -n "$version" ] || die "apt knows no $SOURCE: this needs Debian 12 with its security archive"
	echo "$version"
}

get_debug() {
	local version key dir
	version=$(source_version)
	key=$(key_of "$version")
	dir=$CACHE/debug-$key
	if ! is_fresh "$key" "$dir"; then
		install_packages debug
		mkdir -p "$dir"
		rm -f "$dir/stamp"
		get_source "$version" "$dir"
		compile "$dir"
		stage "$dir"
		stamp_of "$key" "$dir" >"$dir/stamp"
		say "set-up: the debug kernel is ready"
	fi
	echo "$dir"
}

# The source alone: checkpatch and kernel-doc come from it.
get_scripts() {
	local version dir
	version=$(source_version)
	dir=$CACHE/debug-$(key_of "$version")
	mkdir -p "$dir"
	get_source "$version" "$dir"
	echo "$dir/linux/scripts"
}

case ${1:-} in
get) with_lock debug-kernel get_debug ;;
scripts) with_lock debug-kernel get_scripts ;;
key) key_of "$(source_version)" ;;
*) die "usage: debug-kernel.sh get|scripts|key" ;;
esac
