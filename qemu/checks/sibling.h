/* SPDX-License-Identifier: GPL-2.0 */
/* Modules beside bypassfs.ko come and go, as insmod and rmmod do it, without a process. */
#ifndef SIBLING_H
#define SIBLING_H

#include "uapi_call.h"

/* 0, or 1 after saying why not */
int sibling_load(const char *name, const char *params);
int sibling_unload(const char *name);

/* A parameter that is one number; ends the program where there is none */
unsigned long long sibling_number(const char *name, const char *param);

/* Sets a parameter to bytes that it takes as they are */
int sibling_set(const char *name, const char *param, const char *value);

/* The filter half of ENABLE or QUERY must be refused so */
int sibling_refuses(int fd, unsigned int op, const char *name, enum bpio_reason reason);

#endif
