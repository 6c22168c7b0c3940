// SPDX-License-Identifier: GPL-2.0
/* What a step of seq_drive.c has answered, against what the automaton of seq.h says. */
#include <stdarg.h>

#include "seq_drive.h"

#define PRINT_MAX	20
#define STEPS_MAX	12	/* the last ones */

static unsigned int printed;

static int silent(const struct seq_drive *d)
{
	return d->quiet || printed >= PRINT_MAX;
}

static void print_steps(const struct seq_drive *d)
{
	unsigned int end = d->at < d->length ? d->at + 1 : d->length;
	unsigned int i = end > STEPS_MAX ? end - STEPS_MAX : 0;

	printf("DIFFERENCE in:%s", i ? " [...]" : "");
	for (; i < end; i++)
		printf(" %s%s", i == d->at ? "-->" : "", seq_step_name(d->steps[i]));
	printf("%s\n  ", d->at < d->length ? "" : " --> at the end");
}

static void print_header(const char *who, struct seq_header h)
{
	printf("  %s: flags %#x, state %u, enabled %u, pauses %u, volume pauses %u\n", who,
	       h.out_flags, h.state, h.stream_count, h.pause_count, h.volume_pause_count);
}

static struct seq_header header_of(const struct bpio_args *a)
{
	return (struct seq_header) { a->out_flags, a->state, a->stream_count, a->pause_count,
				     a->volume_pause_count };
}

int seq_differ(struct seq_drive *d, const char *text, ...)
{
	struct bpio_args a;
	va_list args;

	if (silent(d))
		return 1;
	printed++;
	print_steps(d);
	va_start(args, text);
	vprintf(text, args);
	va_end(args);
	putchar('\n');
	seq_model_print(&d->m);
	for (int h = 0; h < SEQ_HANDLES; h++) {
		if (d->fd[h] < 0 || bpio_call(d->fd[h], BPIO_OP_GET_INFO, 0, &a))
			continue;
		print_header(h ? "B wanted" : "A wanted", seq_model_header(&d->m, h));
		print_header(h ? "B is    " : "A is    ", header_of(&a));
	}
	fflush(stdout);
	return 1;
}

int seq_header_differs(struct seq_drive *d, const struct bpio_args *a, int handle)
{
	struct seq_header want = seq_model_header(&d->m, handle), got = header_of(a);

	if (!memcmp(&want, &got, sizeof(want)))
		return 0;
	if (!silent(d)) {
		print_header("answered", got);
		print_header("wanted  ", want);
	}
	return seq_differ(d, "what %s on %s tells of the state", bpio_op_name(a->op),
			  handle < 0 ? "a third handle" : handle ? "B" : "A");
}

int seq_info_differs(struct seq_drive *d, const struct bpio_args *a, int handle,
		     const struct seq_counts *want)
{
	struct bpio_info wanted;

	if (a->info.volume_count != seq_model_volume_count(&d->m))
		return seq_differ(d, "%u enabled on the mount", a->info.volume_count);
	if (seq_header_differs(d, a, handle))
		return 1;
	if (!memcmp(a->info.reads, want, sizeof(*want)))
		return 0;
	memcpy(wanted.reads, want, sizeof(*want));
	if (!silent(d)) {
		bpio_print_counts("  counted", &a->info);
		bpio_print_counts("  wanted ", &wanted);
	}
	return seq_differ(d, "the counters of %s", a->in_flags & BPIO_IN_SCOPE_HANDLE ? "a handle" :
			  a->in_flags & BPIO_IN_SCOPE_STREAM ? "the file" : "the mount");
}

int seq_result_differs(struct seq_drive *d, const char *half, const struct bpio_result *r,
		       unsigned int want)
{
	if (r->reason == want && r->status == seq_model_status(want) &&
	    !r->status == !r->driver_len && !r->status == !r->text_len)
		return 0;
	return seq_differ(d, "%s half: status %d, %s by '%.*s'; wanted %d, %s", half, r->status,
		      bpio_reason_name(r->reason), r->driver_len, (const char *)r->driver,
		      seq_model_status(want), bpio_reason_name(want));
}

int seq_bytes_differ(struct seq_drive *d, const char *got, unsigned int block)
{
	const char *want = d->data + block * SEQ_BLOCK;

	if (d->m.hole && block == SEQ_HOLE)
		want = d->data + SEQ_SIZE;
	return memcmp(got, want, SEQ_BLOCK) ? seq_differ(d, "wrong bytes in block %u", block) : 0;
}

