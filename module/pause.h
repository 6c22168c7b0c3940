/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_PAUSE_H
#define BPIO_PAUSE_H

#include <linux/list.h>
#include <linux/types.h>

#include <linux/bypassio.h>

struct bpio_stream;
struct bpio_volume;
struct file;

/**
 * struct bpio_pauser - one who has paused, and why
 * @node: in bpio_pauses.owned
 * @owner: who alone can end it; NULL if anybody can
 * @pid: of the process, in the initial pid namespace; 0 for a module
 * @seq: number of the pause, where they are numbered
 * @reason: enum bpio_reason
 * @text_len: bytes
 * @text: for people; may be empty
 * @who: name of the program or of the module
 */
struct bpio_pauser {
	struct list_head node;
	const void *owner;
	pid_t pid;
	unsigned int seq;
	u32 reason;
	u16 text_len;
	u8 text[BPIO_TEXT_MAX];
	char who[BPIO_DRIVER_MAX + 1];
};

/**
 * struct bpio_pauses - the pauses of a stream or of a mount
 * @plain: there is one that anybody can end
 * @last: if so, the last that was sent
 * @owned: those that only their owners can end
 * @count: how many arrived since it last ran
 *
 * Under the lock of the stream or of the volume.
 */
struct bpio_pauses {
	bool plain;
	struct bpio_pauser last;
	struct list_head owned;
	unsigned int count;
};

struct bpio_pauser *bpio_pauser_new(const void *owner, const char *who,
				    pid_t pid, const struct bpio_pause *why);
void bpio_pauses_init(struct bpio_pauses *set);
void bpio_pauses_add(struct bpio_pauses *set, struct bpio_pauser *pauser);
bool bpio_pauses_drop(struct bpio_pauses *set, const void *owner,
		      unsigned int seq);
void bpio_pauses_clear(struct bpio_pauses *set);
const struct bpio_pauser *bpio_pauses_first(const struct bpio_pauses *set);
void bpio_pause_refuse(struct bpio_result *result, enum bpio_reason reason,
		       const struct bpio_pauser *pauser);

void bpio_stream_pause(struct bpio_stream *st, struct bpio_pauser *pauser);
void bpio_stream_resume(struct bpio_stream *st, struct file *file,
			const void *owner, const char *who, pid_t pid,
			struct bpio_results *results);
void bpio_stream_forget(struct bpio_stream *st, const void *owner,
			const char *who);
void bpio_pause_forget(struct bpio_volume *vol, const void *owner,
		       const char *who);

#endif /* BPIO_PAUSE_H */
