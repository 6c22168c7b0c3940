/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_ATTACH_H
#define BPIO_ATTACH_H

struct bpio_stream;
struct bpio_volume;

void bpio_attach_drain(struct bpio_volume *vol);
void bpio_attach_each_stream(struct bpio_volume *vol,
			     void (*fn)(struct bpio_stream *st, const void *arg),
			     const void *arg);

#endif /* BPIO_ATTACH_H */
