/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAMES_H
#define NAMES_H

const char *name_op(unsigned int op);
const char *name_path(unsigned int path);
const char *name_state(unsigned int state);
const char *name_reason(unsigned int reason);
const char *name_reason_text(unsigned int reason);
const char *name_out_flag(unsigned int bit);
const char *name_errno(int err);

#endif /* NAMES_H */
