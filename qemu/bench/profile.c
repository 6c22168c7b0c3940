// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin of QEMU that counts how often each of the kernel's instructions is executed
 *
 * It counts all the time, with an addition that the translator puts before each
 * instruction. The marker (marker.h) that starts a section sets all counts to zero, the one
 * that ends it writes them down: "section", then lines of address and count in hexadecimal
 * and decimal. What runs at addresses of programs is one count, at address 0. A "rep"
 * instruction counts once for each repetition, as it does for -icount.
 *
 * For one virtual CPU: the counts have no lock.
 *
 * -plugin profile.so,out=FILE
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "marker.h"
#include "qemu_plugin.h"

#define BUCKETS		(1U << 18)
#define KERNEL		(1ULL << 63)

struct count {
	uint64_t address, executed;
	struct count *next;
};

QEMU_PLUGIN_ENTRY int qemu_plugin_version = QEMU_PLUGIN_API;

static struct count *buckets[BUCKETS];
static FILE *out;

static struct count *count_of(uint64_t address)
{
	struct count **bucket, *c;

	if (!(address & KERNEL))
		address = 0;
	bucket = &buckets[(address * 0x9e3779b97f4a7c15ULL) >> 46];
	for (c = *bucket; c; c = c->next)
		if (c->address == address)
			return c;
	c = calloc(1, sizeof(*c));
	if (!c)
		abort();
	c->address = address;
	c->next = *bucket;
	*bucket = c;
	return c;
}

static void section_start(unsigned int vcpu, void *data)
{
	(void)vcpu;
	(void)data;
	for (unsigned int i = 0; i < BUCKETS; i++)
		for (struct count *c = buckets[i]; c; c = c->next)
			c->executed = 0;
}

static void section_stop(unsigned int vcpu, void *data)
{
	(void)vcpu;
	(void)data;
	fputs("section\n", out);
	for (unsigned int i = 0; i < BUCKETS; i++)
		for (struct count *c = buckets[i]; c; c = c->next)
			if (c->executed)
				fprintf(out, "%016" PRIx64 " %" PRIu64 "\n", c->address,
					c->executed);
	fflush(out);
}

/* Which marker is it? 0 for none */
static int marker_of(const struct qemu_plugin_insn *insn)
{
	static const unsigned char prefix[] = MARKER_PREFIX;
	const unsigned char *bytes;

	if (qemu_plugin_insn_size(insn) != sizeof(prefix) + 1)
		return 0;
	bytes = qemu_plugin_insn_data(insn);
	return memcmp(bytes, prefix, sizeof(prefix)) ? 0 : bytes[sizeof(prefix)];
}

static void instrument(struct qemu_plugin_insn *insn)
{
	int marker = marker_of(insn);
	struct count *c;

	if (marker) {
		qemu_plugin_register_vcpu_insn_exec_cb(insn, marker == MARKER_START ?
						       section_start : section_stop,
						       QEMU_PLUGIN_CB_NO_REGS, NULL);
		return;
	}
	c = count_of(qemu_plugin_insn_vaddr(insn));
	qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
						   &c->executed, 1);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t i = 0; i < n; i++)
		instrument(qemu_plugin_tb_get_insn(tb, i));
}

QEMU_PLUGIN_ENTRY int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info,
					  int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			out = fopen(argv[i] + 4, "w");
	if (!out) {
		fputs("profile: needs out=FILE\n", stderr);
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
