// SPDX-License-Identifier: GPL-2.0
/*
 * The automaton of seq.h: what the manual says, and nothing of how the module does it.
 *
 *   enabled	ENABLE unless vetoed, until DISABLE or close; a repeated one counts once
 *   armed	while the lower file system can be skipped. ENABLE and reads of enabled
 *		handles arm; a writer, a volume pause and the last DISABLE disarm. Nothing
 *		here makes arming wait: only reasons that cannot come up do (arm.c).
 *   paused	the filter half; ignored with no enabled handle, gone with the last one
 *   hole	a veto of ENABLE, QUERY and STREAM_RESUME; enabled handles stay so
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "seq.h"

void seq_model_begin(struct seq_model *m)
{
	struct seq_counts stream = m->stream, mount = m->mount;

	memset(m, 0, sizeof(*m));
	m->stream = stream;
	m->mount = mount;
}

static unsigned int enabled(const struct seq_model *m)
{
	return m->enabled[0] + m->enabled[1];
}

/* What keeps the lower file system from being skipped, if something does */
static unsigned int obstacle(const struct seq_model *m)
{
	if (m->volume_paused)
		return BPIO_REASON_VOLUME_PAUSED;
	return m->writer ? BPIO_REASON_WRITER : BPIO_REASON_NONE;
}

static unsigned int arm(struct seq_model *m)
{
	m->armed = obstacle(m) == BPIO_REASON_NONE;
	return obstacle(m);
}

static unsigned int veto(const struct seq_model *m)
{
	return m->hole ? BPIO_REASON_SPARSE : BPIO_REASON_NONE;
}

static void end_pauses(struct seq_model *m)
{
	m->paused = 0;
	m->pauses = 0;
}

static struct seq_answer enable(struct seq_model *m, int handle)
{
	struct seq_answer answer = { .filter = veto(m) };

	if (answer.filter)
		return answer;
	m->enabled[handle] = 1;
	m->counting[handle] = 1;
	answer.storage = arm(m);
	return answer;
}

static void disable(struct seq_model *m, int handle)
{
	if (!m->enabled[handle])
		return;
	m->enabled[handle] = 0;
	if (enabled(m))
		return;
	m->armed = 0;
	end_pauses(m);
}

/* A refusal leaves the storage half unasked */
static struct seq_answer query(const struct seq_model *m)
{
	struct seq_answer answer = { .filter = veto(m) };

	if (!answer.filter)
		answer.storage = obstacle(m);
	return answer;
}

/* The storage half is asked in any case: it says how things are now */
static struct seq_answer resume_stream(struct seq_model *m)
{
	struct seq_answer answer = { .storage = obstacle(m) };

	if (!m->paused)
		return answer;
	answer.filter = veto(m);
	if (!answer.filter)
		end_pauses(m);
	return answer;
}

struct seq_answer seq_model_ioctl(struct seq_model *m, enum seq_op op, int handle)
{
	struct seq_answer none = { 0 };

	switch (op) {
	case SEQ_ENABLE:
		return enable(m, handle);
	case SEQ_DISABLE:
		disable(m, handle);
		return none;
	case SEQ_QUERY:
		return query(m);
	case SEQ_STREAM_PAUSE:
		m->paused |= enabled(m) > 0;
		m->pauses += enabled(m) > 0;
		return none;
	case SEQ_STREAM_RESUME:
		return resume_stream(m);
	case SEQ_VOLUME_PAUSE:
		m->volume_paused = 1;
		m->volume_pauses++;
		m->armed = 0;
		return none;
	case SEQ_VOLUME_RESUME:
		m->volume_paused = 0;
		m->volume_pauses = 0;
		none.storage = obstacle(m);
		return none;
	default:
		return none;
	}
}

static void count_in(struct seq_counts *c, struct seq_way way)
{
	c->reads[way.path]++;
	c->bytes[way.path] += SEQ_BLOCK;
	c->reasons[way.reason]++;
}

static void count(struct seq_model *m, int handle, struct seq_way way)
{
	count_in(&m->mount, way);
	if (!m->counting[handle])
		return;
	count_in(&m->stream, way);
	count_in(&m->handle[handle], way);
}

/* What keeps this read from the disk */
static unsigned int read_reason(struct seq_model *m, int handle, unsigned int block)
{
	unsigned int reason;

	if (!m->enabled[handle])
		return BPIO_REASON_NOT_ENABLED;
	reason = arm(m);
	if (reason)
		return reason;
	return m->hole && block == SEQ_HOLE ? BPIO_REASON_UNMAPPED : BPIO_REASON_NONE;
}

struct seq_way seq_model_read(struct seq_model *m, int handle, unsigned int block)
{
	struct seq_way way = { .reason = read_reason(m, handle, block) };
	int past_lower = !way.reason, past_filters = m->enabled[handle] && !m->paused;

	if (past_lower)
		way.path = past_filters ? BPIO_PATH_FULL : BPIO_PATH_LOWER_SKIPPED;
	else
		way.path = past_filters ? BPIO_PATH_FILTERS_SKIPPED : BPIO_PATH_TRADITIONAL;
	if (way.path == BPIO_PATH_LOWER_SKIPPED)
		way.reason = BPIO_REASON_STREAM_PAUSED;
	count(m, handle, way);
	return way;
}

void seq_model_met(struct seq_model *m, int handle)
{
	struct seq_way way = {
		.path = m->paused ? BPIO_PATH_TRADITIONAL : BPIO_PATH_FILTERS_SKIPPED,
		.reason = BPIO_REASON_REARMING,
	};

	count(m, handle, way);
}

void seq_model_file(struct seq_model *m, unsigned int step)
{
	switch (step) {
	case SEQ_WRITER:
		m->writer = !m->writer;
		m->armed &= !m->writer;
		break;
	case SEQ_MAP:
		m->mapped = !m->mapped;
		break;
	case SEQ_PUNCH:
	case SEQ_FILL:
		m->hole = step == SEQ_PUNCH;
		m->armed = 0;
		break;
	}
}

void seq_model_close(struct seq_model *m, int handle)
{
	disable(m, handle);
	m->counting[handle] = 0;
	memset(&m->handle[handle], 0, sizeof(m->handle[handle]));
}

struct seq_header seq_model_header(const struct seq_model *m, int handle)
{
	struct seq_header h = {
		.out_flags = BPIO_OUT_STORAGE_COMPATIBLE,
		.state = m->armed ? BPIO_STATE_ARMED : BPIO_STATE_IDLE,
		.stream_count = enabled(m),
		.pause_count = m->pauses,
		.volume_pause_count = m->volume_pauses,
	};

	if (m->volume_paused)
		h.out_flags |= BPIO_OUT_VOLUME_PAUSED;
	if (m->paused)
		h.out_flags |= BPIO_OUT_STREAM_PAUSED;
	if (handle >= 0 && m->enabled[handle])
		h.out_flags |= BPIO_OUT_ENABLED | (m->armed ? 0 : BPIO_OUT_SUSPENDED);
	return h;
}

unsigned int seq_model_volume_count(const struct seq_model *m)
{
	return enabled(m);
}

int seq_model_status(unsigned int reason)
{
	switch (reason) {
	case BPIO_REASON_NONE:
		return 0;
	case BPIO_REASON_VOLUME_PAUSED:
		return -EBUSY;
	case BPIO_REASON_WRITER:
		return -ETXTBSY;
	default:
		return -EOPNOTSUPP;
	}
}

void seq_model_print(const struct seq_model *m)
{
	printf("  model: A %s, B %s, %s, stream %s (%u), volume %s (%u)%s%s%s\n",
	       m->enabled[0] ? "enabled" : "off", m->enabled[1] ? "enabled" : "off",
	       m->armed ? "armed" : "idle", m->paused ? "paused" : "runs", m->pauses,
	       m->volume_paused ? "paused" : "runs", m->volume_pauses,
	       m->writer ? ", writer" : "", m->mapped ? ", mapped" : "", m->hole ? ", hole" : "");
}
