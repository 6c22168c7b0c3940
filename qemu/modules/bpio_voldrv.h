/* SPDX-License-Identifier: GPL-2.0 */
/* Ioctls of /dev/bpio_voldrv: volume drivers that say what a test wants them to say. */
#ifndef BPIO_VOLDRV_H
#define BPIO_VOLDRV_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define BPIO_VOLDRV_DRIVERS	4

/* bpio_voldrv_driver.flags: leave that callback out */
#define BPIO_VOLDRV_NO_ATTACH	1
#define BPIO_VOLDRV_NO_ENABLE	2
#define BPIO_VOLDRV_NO_QUERY	4

/**
 * struct bpio_voldrv_driver - bpio_driver_register() and its opposite
 * @number: which driver
 * @features: as in struct bpio_driver
 * @flags: BPIO_VOLDRV_*
 * @attach: what attach returns for @dev; -ENODEV for all others
 * @dev: number of the device that it claims, or 0 for all, as the kernel has it
 * @name: terminated
 */
struct bpio_voldrv_driver {
	__u32 number;
	__u32 features;
	__u32 flags;
	__s32 attach;
	__u32 dev;
	char name[64];
};

/* bpio_voldrv_say.flags */
#define BPIO_VOLDRV_NO_TEXT	1
/* Pause from within the callback */
#define BPIO_VOLDRV_PAUSE	2
/* Veto twice */
#define BPIO_VOLDRV_TWICE	4

/**
 * struct bpio_voldrv_say - what enable and query say from now on
 * @number: which driver
 * @veto: it vetoes, with what follows
 * @status: as given to bpio_driver_veto(), and so on
 * @reason: likewise
 * @flags: BPIO_VOLDRV_*
 * @delay: ms that each callback takes
 * @text: terminated
 */
struct bpio_voldrv_say {
	__u32 number;
	__u32 veto;
	__s32 status;
	__u32 reason;
	__u32 flags;
	__u32 delay;
	char text[256];
};

/**
 * struct bpio_voldrv_state - what has happened since it was registered
 * @number: which driver
 * @units: that it has claimed now
 * @enabled: of those, that have seen an ENABLE and not vetoed it
 * @enables: ENABLEs
 * @disables: DISABLEs
 * @queries: QUERYs
 * @wrong: callbacks that came when they should not have
 * @vetoed: what bpio_driver_veto() has returned the last time
 */
struct bpio_voldrv_state {
	__u32 number;
	__u32 units;
	__u32 enabled;
	__u32 enables;
	__u32 disables;
	__u32 queries;
	__u32 wrong;
	__s32 vetoed;
};

/**
 * struct bpio_voldrv_pause - bpio_driver_pause() and bpio_driver_resume()
 * @number: which driver
 * @dev: as in struct bpio_voldrv_driver
 * @reason: of the pause
 * @text: terminated; NULL if empty
 */
struct bpio_voldrv_pause {
	__u32 number;
	__u32 dev;
	__u32 reason;
	char text[256];
};

#define BPIO_VOLDRV_REGISTER	_IOW(0xbd, 1, struct bpio_voldrv_driver)
#define BPIO_VOLDRV_UNREGISTER	_IOW(0xbd, 2, __u32)
#define BPIO_VOLDRV_SAY		_IOW(0xbd, 3, struct bpio_voldrv_say)
#define BPIO_VOLDRV_STATE	_IOWR(0xbd, 4, struct bpio_voldrv_state)
#define BPIO_VOLDRV_PAUSES	_IOW(0xbd, 5, struct bpio_voldrv_pause)
#define BPIO_VOLDRV_RESUMES	_IOW(0xbd, 6, struct bpio_voldrv_pause)

#endif /* BPIO_VOLDRV_H */
