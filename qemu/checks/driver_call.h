/* SPDX-License-Identifier: GPL-2.0 */
/* The volume drivers of bpio_voldrv.ko: what they say, and what they are told. */
#ifndef DRIVER_CALL_H
#define DRIVER_CALL_H

#include "../modules/bpio_voldrv.h"
#include "uapi_call.h"

#define OPTED_IN	1u	/* BPIO_FEATURE_BYPASS */

/* Name of driver n */
const char *driver_name(unsigned int n);

/* The device; ends the program where the module is not loaded. Drivers go with it. */
int driver_open(void);

/* The device that a file lies on, as the kernel has it; ends the program if there is none */
unsigned int driver_dev(const char *path);

/* Registers driver n for a device (0: for all), which agrees to everything: 0 or -errno */
int driver_add(int dev, unsigned int n, unsigned int features, unsigned int disk);
int driver_remove(int dev, unsigned int n);

/* What it says from now on */
int driver_agree(int dev, unsigned int n);
int driver_veto(int dev, unsigned int n, int status, unsigned int reason, const char *text);
int driver_say(int dev, const struct bpio_voldrv_say *say);

struct bpio_voldrv_state driver_state(int dev, unsigned int n);

/* It has seen so many of each, and nothing wrong; says why and returns 1 if not */
int driver_told(int dev, unsigned int n, unsigned int enables, unsigned int disables);

int driver_pause(int dev, unsigned int n, unsigned int disk, unsigned int reason,
		 const char *text);
int driver_resume(int dev, unsigned int n, unsigned int disk);

/* This half was refused by driver n so; says why and returns 1 if not */
int driver_refused(const char *what, const struct bpio_result *r, unsigned int n, int status,
		   unsigned int reason, const char *text);

#endif
