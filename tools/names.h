/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAMES_H
#define NAMES_H

const char *name_op(unsigned int op);
const char *name_path(unsigned int path);
const char *name_state(unsigned int state);
const char *name_reason(unsigned int reason);
const char *name_reason_text(unsigned int reason);
const char *name_event(unsigned int type);
const char *name_call(unsigned int type);
const char *name_feature(unsigned int bit);
const char *name_in_flag(unsigned int bit);
const char *name_out_flag(unsigned int bit);
const char *name_errno(int err);

int number_of_op(const char *name);
int number_of_reason(const char *name);
int number_of_event(const char *name);
int number_of_in_flag(const char *name);

#endif /* NAMES_H */
