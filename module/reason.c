// SPDX-License-Identifier: GPL-2.0
/*
 * What a reason is called, which errno classes it, how it is told
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "compat/kunit.h"
#include "reason.h"

#define REASON_NAME(value, id, name, text) \
	[BPIO_REASON_##id] = (name),
#define REASON_TEXT(value, id, name, text) \
	[BPIO_REASON_##id] = (text),

static const char * const names[BPIO_REASON_MAX] = {
	BPIO_REASONS(REASON_NAME)
};

static const char * const texts[BPIO_REASON_MAX] = {
	BPIO_REASONS(REASON_TEXT)
};

/**
 * bpio_reason_name() - the name that tools and traces print
 * @reason: any number
 *
 * Context: Any.
 * Return: a constant string.
 */
const char *bpio_reason_name(enum bpio_reason reason)
{
	if (reason >= BPIO_REASON_MAX || !names[reason])
		return "?";
	return names[reason];
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_reason_name);

/**
 * bpio_reason_known() - is there such a reason?
 * @reason: any number
 *
 * Context: Any.
 * Return: true if it has a name.
 */
bool bpio_reason_known(u32 reason)
{
	return reason < BPIO_REASON_MAX && names[reason];
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_reason_known);

/**
 * bpio_reason_errno() - the status that goes with a reason
 * @reason: enum bpio_reason
 *
 * Context: Any.
 * Return: 0 for BPIO_REASON_NONE, else a negative errno.
 */
int bpio_reason_errno(enum bpio_reason reason)
{
	switch (reason) {
	case BPIO_REASON_NONE:
		return 0;
	case BPIO_REASON_NOT_DIRECT:
	case BPIO_REASON_NOT_REGULAR:
	case BPIO_REASON_UNALIGNED:
		return -EINVAL;
	case BPIO_REASON_NOT_READABLE:
		return -EBADF;
	case BPIO_REASON_DIRECTORY:
		return -EISDIR;
	case BPIO_REASON_WRITER:
		return -ETXTBSY;
	case BPIO_REASON_STREAM_PAUSED:
	case BPIO_REASON_VOLUME_PAUSED:
	case BPIO_REASON_LAYOUT_BROKEN:
	case BPIO_REASON_REARMING:
	case BPIO_REASON_VOLUME_VETOED:
	case BPIO_REASON_NO_LEASE:
		return -EBUSY;
	case BPIO_REASON_NO_MEMORY:
		return -ENOMEM;
	case BPIO_REASON_IO_ERROR:
	case BPIO_REASON_SHUT_DOWN:
		return -EIO;
	default:
		return -EOPNOTSUPP;
	}
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_reason_errno);

/**
 * bpio_utf8_cut() - how much of a text fits
 * @text: UTF-8, terminated
 * @max: bytes that there is room for
 *
 * Context: Any.
 * Return: bytes, at most @max, that end on a character boundary (R11).
 */
size_t bpio_utf8_cut(const char *text, size_t max)
{
	size_t len = strnlen(text, max + 1);

	if (len <= max)
		return len;
	len = max;
	while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return len;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_utf8_cut);

static void put(struct bpio_result *result, int status, enum bpio_reason reason,
		const char *driver, const char *text)
{
	result->status = status;
	result->reason = reason;
	result->driver_len = bpio_utf8_cut(driver, BPIO_DRIVER_MAX);
	memcpy(result->driver, driver, result->driver_len);
	result->text_len = bpio_utf8_cut(text, BPIO_TEXT_MAX);
	memcpy(result->text, text, result->text_len);
	if (text[result->text_len])
		result->flags |= BPIO_RESULT_CUT;
}

/**
 * bpio_refuse_as() - fill in the answer of one half, in the words of who
 * refuses
 * @result: as in bpio_refuse()
 * @status: a negative errno (R78)
 * @reason: any but BPIO_REASON_NONE
 * @text: why; not empty (R79), cut if it is too long
 * @driver: who: its real name (R82)
 *
 * Context: Any.
 * Return: 0, or -EINVAL, and then @result is as it was.
 */
int bpio_refuse_as(struct bpio_result *result, int status,
		   enum bpio_reason reason, const char *text,
		   const char *driver)
{
	if (status >= 0 || status < -MAX_ERRNO || reason == BPIO_REASON_NONE ||
	    !bpio_reason_known(reason) || !text || !*text)
		return -EINVAL;
	if (!result->status)
		put(result, status, reason, driver, text);
	return 0;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_refuse_as);

/**
 * bpio_name_valid() - may a module call itself so? (R82)
 * @name: that it gives
 * @module: name of the module
 *
 * Context: Any.
 * Return: true for the module's name, or that and ".suffix", which fits and can
 * be printed: nobody speaks in another's name.
 */
bool bpio_name_valid(const char *name, const char *module)
{
	size_t len = strlen(module);
	const char *s;

	if (!name || strnlen(name, BPIO_DRIVER_MAX + 1) > BPIO_DRIVER_MAX ||
	    strncmp(name, module, len) || (name[len] && name[len] != '.'))
		return false;
	for (s = name; *s; s++)
		if (*s <= ' ' || *s > '~')
			return false;
	return true;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_name_valid);

/**
 * bpio_refuse() - fill in the answer of one half
 * @result: zeroed; or filled, and then left as it is: the first to refuse
 *	is the one reported (R27)
 * @reason: why; BPIO_REASON_NONE is no refusal and changes nothing
 * @driver: who: its real name (R82)
 *
 * Context: Any.
 */
void bpio_refuse(struct bpio_result *result, enum bpio_reason reason,
		 const char *driver)
{
	const char *text;

	if (result->status || reason == BPIO_REASON_NONE)
		return;
	text = reason < BPIO_REASON_MAX && texts[reason] ? texts[reason] : "";
	put(result, bpio_reason_errno(reason), reason, driver, text);
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_refuse);
