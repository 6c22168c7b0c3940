# SPDX-License-Identifier: GPL-2.0
# A front door: what to type. The rules are in Kbuild (modules), tools/ and qemu/.

KDIR ?= /lib/modules/$(shell uname -r)/build
LANE ?= distro
KERNEL ?= 6.12
PREFIX ?= /usr/local
DESTDIR ?=
MODDIR ?= $(DESTDIR)/lib/modules/$(shell $(MAKE) -s -C $(KDIR) kernelrelease 2>/dev/null)/updates

run := qemu/run --lane $(LANE) --kernel $(KERNEL)
headers := $(addprefix uapi/linux/,bypassio.h bypassio_watch.h bypassio_filters.h bypassio_crypt.h)
tests := $(foreach t,$(T),--test $(t))
exhaustive := qemu/run --name exhaustive --cmd qemu/guest/exhaustive.sh --timeout 28800 \
	--append "$(if $(LENGTH),bpio_length=$(LENGTH)) $(if $(WALK),bpio_walk=$(WALK))"

.DEFAULT_GOAL := all
all: module tools

module: check-kdir
	$(MAKE) -C $(KDIR) M=$(CURDIR) $(if $(W),W=$(W)) $(if $(C),C=$(C)) modules

check-kdir:
	@if [ ! -e "$(KDIR)/Makefile" ]; then \
		echo "No kernel headers at KDIR=$(KDIR)." >&2; \
		echo "Install them (Debian: apt-get install linux-headers-$(shell uname -r))," >&2; \
		echo "or name others: make KDIR=/path/to/build. 'make qemu' needs none of this." >&2; \
		exit 2; \
	fi

tools:
	$(MAKE) -C tools

lint:
	@qemu/host/lint.sh

coverage:
	@qemu/host/coverage.sh

sparse: check-kdir
	$(MAKE) -C $(KDIR) M=$(CURDIR) C=2 modules

kunit:
	@qemu/run --lane debug --kunit-only --name kunit

qemu:
	@$(run) $(tests)

meta:
	@qemu/host/meta.sh

model:
	@qemu/host/model.sh

demo:
	@qemu/demo.sh

bench:
	@qemu/bench.sh

profile:
	@qemu/bench/profile.sh

test:
	@qemu/host/suite.sh full

test-quick:
	@qemu/host/suite.sh quick

stress:
	@qemu/run --lane debug --no-kunit --timeout 30000 --name long-stress --cmd qemu/guest/stress.sh

test-exhaustive:
	@$(exhaustive) --lane distro --kernel 6.12
	@$(exhaustive) --lane debug --no-kunit

shell:
	@$(run) --shell

list-tests:
	@$(run) --list $(tests)

install: all
	install -d $(MODDIR)
	find module kunit -name '*.ko' ! -name '*_kunit.ko' -exec install -m 644 -t $(MODDIR) {} +
	$(if $(DESTDIR),,depmod -a)
	$(MAKE) -C tools install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/include/linux $(headers)

uninstall:
	rm -f $(MODDIR)/bypassfs.ko $(MODDIR)/bpio_*.ko
	$(if $(DESTDIR),,depmod -a)
	$(MAKE) -C tools uninstall PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)
	rm -f $(headers:uapi/%=$(DESTDIR)$(PREFIX)/include/%)

clean:
	find module kunit qemu/modules \( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name '.*.cmd' -o -name '*.symvers' -o -name '*.order' \) -delete
	rm -f *.o .*.o *.mod *.mod.c .*.cmd Module.symvers modules.order
	$(MAKE) -C tools clean
	rm -rf qemu/out

distclean: clean
	rm -rf "$${BYPASSFS_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/bypassfs}"

help:
	@sed -n 's/^#h//p' $(firstword $(MAKEFILE_LIST))

#hSet-up is done by each target itself: missing Debian packages are installed (root or sudo), and
#hkernels and the guests' programs fetched into ~/.cache/bypassfs (BYPASSFS_CACHE= moves it).
#hTimes are for two cores without KVM, after the first set-up.
#h
#hBuild                                                  needs
#h* all          module and tools
#h  module       the modules for KDIR=                   headers of the running kernel
#h  tools        bpioctl, bpio-crypt                     libssl-dev
#h
#hCheck and test
#h  test         all that is quick enough of what follows; ends "N passed, N failed"  80 min, first 95 min
#h  test-quick   distro kernel 6.12, lint, coverage      15 min
#h  demo         the main job shown on real files        3 min
#h  lint         checkpatch, sparse, W=1, kernel-doc, shellcheck, ABI headers   3 min
#h  sparse       sparse for KDIR= only
#h  coverage     every requirement and the tests that cover it; red if one has none   1 s
#h  qemu         tests in a guest: LANE=distro|debug KERNEL=6.1|6.12 T='area/name ...'
#h  kunit        the debug lane's KUnit suites only      2 min (first time: 12 more)
#h  model        gate, pause and arming in all orders of their steps (Spin)        2 min
#h  meta         the harness must be red when it should  3 min
#h  bench        instructions per read on each path, a plot of it      10 min
#h  profile      where in the kernel the instructions of a read go      5 min
#h  stress       four million checked reads in the debug lane            2 hours
#h  test-exhaustive  on kernel 6.12 and in the debug lane: every sequence of operations up to
#h               LENGTH=4 from a new scene and up to WALK=5 in one go; a million random
#h               operations in the debug lane                            80 min (reckoned)
#h  shell        a shell in a guest (LANE= KERNEL=)
#h  list-tests   what 'make qemu' would run (LANE= KERNEL= T=)
#h
#hInstall                                                needs root, or DESTDIR=
#h  install      modules, tools, man pages, headers      (PREFIX=/usr/local)
#h  uninstall
#h
#hOther
#h  clean        what was built here; distclean: the cache, too (the debug kernel, 12 min)

.PHONY: all module check-kdir tools lint coverage sparse kunit qemu meta demo bench profile
.PHONY: stress test test-quick test-exhaustive shell list-tests install uninstall clean distclean help
