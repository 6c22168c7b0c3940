# SPDX-License-Identifier: GPL-2.0
# Builds what goes into a guest: modules per kernel (in a copy, so that objects of two kernels
# never meet and the checkout stays clean), init, checks, bpioctl. Sourced by qemu/run.
# shellcheck shell=bash

KEEP=(--filter='P *.o' --filter='P *.ko' --filter='P *.cmd' --filter='P *.mod' --filter='P *.mod.c'
	--filter='P *.d' --filter='P *.symvers' --filter='P *.order' --filter='P *.a')

# copy_sources DIR
copy_sources() {
	local dir=$1 part
	mkdir -p "$dir"
	for part in Kbuild module kunit uapi qemu/modules; do
		[ ! -e "$TOP/$part" ] ||
			rsync -aR --delete --exclude='*.o' --exclude='*.ko' --exclude='*.cmd' \
				--exclude='*.mod' --exclude='*.mod.c' "${KEEP[@]}" "$TOP/./$part" "$dir/"
	done
}

# The filter that the README shows: users copy it, so it is built and tested as it is
readme_filter() {
	echo "// SPDX-License-Identifier: GPL-2.0"
	# shellcheck disable=SC2016
	sed -n '/^## Writing a filter/,/^## /{ /^```c/,/^```$/{ /^```/!p } }' "$TOP/README.md"
}

# quietly LOG COMMAND...: the log is shown only if the command fails
quietly() {
	local log=$1
	shift
	"$@" >"$log" 2>&1 && return
	tail -n 40 "$log" >&2
	return 1
}

# build_modules HEADERS DIR [MAKE ARGUMENT...]
build_modules() {
	local headers=$1 dir=$2
	shift 2
	copy_sources "$dir"
	readme_filter >"$dir/qemu/modules/bpio_audit.c"
	# Objects of other headers (a newer kernel package) are of no use.
	if [ "$(first_line "$dir/.headers")" != "$(readlink -f "$headers")" ]; then
		find "$dir" \( -name '*.o' -o -name '*.ko' -o -name '*.cmd' -o -name '*.mod' \) -delete
		readlink -f "$headers" >"$dir/.headers"
	fi
	quietly "$dir/build.log" make -C "$headers" "M=$dir" -j"$JOBS" \
		BPIO_TEST_MODULES=m "$@" modules ||
		die "the modules do not build; whole log: $dir/build.log"
	[ -e "$dir/module/bypassfs.ko" ] || die "the build made no module/bypassfs.ko"
}

# build_tools: init, checks (64 and, where the compiler can, 32 bit), bpioctl
build_tools() {
	local dir=$OUT/tools
	mkdir -p "$dir"
	quietly "$dir/init.log" gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static \
		-o "$dir/init" "$TOP"/qemu/init*.c || die "qemu/init does not build"
	quietly "$dir/checks.log" make -C "$TOP/qemu/checks" "OUT=$dir" -j"$JOBS" ||
		die "qemu/checks does not build"
	if [ -e "$TOP/tools/Makefile" ]; then
		quietly "$dir/bpioctl.log" make -C "$TOP/tools" "O=$OUT/bpioctl" ||
			die "tools do not build"
		cp "$OUT/bpioctl/"{bpioctl,bpio-crypt} "$TOP/tools/volsnap" "$dir/"
	fi
}

# pack_initramfs RUN_DIR BUILD_DIR TESTS_DIR: RUN_DIR already holds env, plan, nonce and cmd
pack_initramfs() {
	local run=$1 build=$2 tests=$3 stage=$1/stage part
	rm -rf "$stage"
	mkdir -p "$stage"/{dev,proc,sys,sysroot} "$stage"/bpio/{bin,ko,tests}
	cp "$OUT/tools/init" "$stage/init"
	for part in checks checks32 enable.so bpioctl bpio-crypt volsnap; do
		[ ! -e "$OUT/tools/$part" ] || cp "$OUT/tools/$part" "$stage/bpio/bin/"
	done
	if [ -n "$build" ]; then
		find "$build" -name '*.ko' -exec cp -t "$stage/bpio/ko" {} +
		strip -g "$stage"/bpio/ko/*.ko
	fi
	[ ${#EXTRA_KO[@]} = 0 ] || cp -t "$stage/bpio/ko" "${EXTRA_KO[@]}"
	cp -r "$TOP/qemu/lib" "$TOP/qemu/guest" "$stage/bpio/"
	[ ! -d "$TOP/qemu/bench" ] || cp -r "$TOP/qemu/bench" "$stage/bpio/"
	cp -r "$tests/." "$stage/bpio/tests/"
	for part in env plan nonce cmd; do
		[ ! -e "$run/$part" ] || cp "$run/$part" "$stage/bpio/"
	done
	(cd "$stage" && find . | cpio -o -H newc -R 0:0 --quiet | gzip -1) >"$run/initrd.gz"
	rm -rf "$stage"
}
