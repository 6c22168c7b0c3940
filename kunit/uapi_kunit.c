// SPDX-License-Identifier: GPL-2.0
/*
 * The layout that programs were compiled with. Every number here is written
 * out by hand: this suite is what notices that a field has moved.
 */
#include <kunit/test.h>

#include <linux/module.h>
#include <linux/stddef.h>

#include <linux/bypassio_filters.h>
#include <linux/bypassio_watch.h>

struct field {
	const char *name;
	size_t at, at_want;
	size_t size, size_want;
};

#define FIELD(type, member, at_, size_) {				\
	.name = #member,						\
	.at = offsetof(struct type, member), .at_want = (at_),		\
	.size = sizeof_field(struct type, member), .size_want = (size_),\
}

static const struct field result_fields[] = {
	FIELD(bpio_result, status, 0, 4),
	FIELD(bpio_result, reason, 4, 4),
	FIELD(bpio_result, driver_len, 8, 2),
	FIELD(bpio_result, text_len, 10, 2),
	FIELD(bpio_result, flags, 12, 4),
	FIELD(bpio_result, driver, 16, 32),
	FIELD(bpio_result, text, 48, 128),
};

static const struct field results_fields[] = {
	FIELD(bpio_results, filter, 0, 176),
	FIELD(bpio_results, storage, 176, 176),
};

static const struct field info_fields[] = {
	FIELD(bpio_info, volume_count, 0, 4),
	FIELD(bpio_info, block_size, 4, 4),
	FIELD(bpio_info, fs_name, 8, 32),
	FIELD(bpio_info, disk_name, 40, 32),
	FIELD(bpio_info, fs_name_len, 72, 2),
	FIELD(bpio_info, disk_name_len, 74, 2),
	FIELD(bpio_info, reserved, 76, 4),
	FIELD(bpio_info, reads, 80, 32),
	FIELD(bpio_info, bytes, 112, 32),
	FIELD(bpio_info, reasons, 144, 512),
	FIELD(bpio_info, map_extents, 656, 8),
	FIELD(bpio_info, map_bytes, 664, 8),
	FIELD(bpio_info, all_extents, 672, 8),
	FIELD(bpio_info, all_bytes, 680, 8),
};

static const struct field pause_fields[] = {
	FIELD(bpio_pause, reason, 0, 4),
	FIELD(bpio_pause, text_len, 4, 2),
	FIELD(bpio_pause, reserved, 6, 2),
	FIELD(bpio_pause, text, 8, 128),
};

static const struct field blocker_fields[] = {
	FIELD(bpio_blocker, result, 0, 176),
	FIELD(bpio_blocker, half, 176, 2),
	FIELD(bpio_blocker, why, 178, 2),
	FIELD(bpio_blocker, pid, 180, 4),
};

static const struct field blockers_fields[] = {
	FIELD(bpio_blockers, total, 0, 4),
	FIELD(bpio_blockers, count, 4, 4),
	FIELD(bpio_blockers, list, 8, 5 * 184),
};

static const struct field watch_fields[] = {
	FIELD(bpio_watch, flags, 0, 4),
	FIELD(bpio_watch, reserved1, 4, 4),
	FIELD(bpio_watch, events, 8, 8),
	FIELD(bpio_watch, reserved2, 16, 8),
};

static const struct field event_fields[] = {
	FIELD(bpio_event, type, 0, 4),
	FIELD(bpio_event, reason, 4, 4),
	FIELD(bpio_event, ino, 8, 8),
	FIELD(bpio_event, time, 16, 8),
	FIELD(bpio_event, lost, 24, 4),
	FIELD(bpio_event, stream_count, 28, 4),
	FIELD(bpio_event, pause_count, 32, 4),
	FIELD(bpio_event, pid, 36, 4),
	FIELD(bpio_event, driver_len, 40, 4),
	FIELD(bpio_event, reserved, 44, 4),
	FIELD(bpio_event, driver, 48, 32),
};

static const struct field filter_info_fields[] = {
	FIELD(bpio_filter_info, name, 0, 32),
	FIELD(bpio_filter_info, altitude, 32, 32),
	FIELD(bpio_filter_info, name_len, 64, 2),
	FIELD(bpio_filter_info, altitude_len, 66, 2),
	FIELD(bpio_filter_info, features, 68, 4),
	FIELD(bpio_filter_info, calls, 72, 8),
	FIELD(bpio_filter_info, flags, 80, 4),
	FIELD(bpio_filter_info, inside, 84, 4),
	FIELD(bpio_filter_info, oldest_type, 88, 4),
	FIELD(bpio_filter_info, oldest_pid, 92, 4),
	FIELD(bpio_filter_info, oldest_ms, 96, 8),
	FIELD(bpio_filter_info, leaving_ms, 104, 8),
	FIELD(bpio_filter_info, vetoes, 112, 8),
	FIELD(bpio_filter_info, pauses, 120, 8),
	FIELD(bpio_filter_info, reserved, 128, 32),
};

static const struct field filters_fields[] = {
	FIELD(bpio_filters, first, 0, 4),
	FIELD(bpio_filters, in_flags, 4, 4),
	FIELD(bpio_filters, reserved1, 8, 8),
	FIELD(bpio_filters, size, 16, 4),
	FIELD(bpio_filters, out_flags, 20, 4),
	FIELD(bpio_filters, total, 24, 4),
	FIELD(bpio_filters, count, 28, 4),
	FIELD(bpio_filters, features, 32, 4),
	FIELD(bpio_filters, reserved2, 36, 28),
	FIELD(bpio_filters, list, 64, 8 * 160),
};

static const struct field args_fields[] = {
	FIELD(bpio_args, op, 0, 4),
	FIELD(bpio_args, in_flags, 4, 4),
	FIELD(bpio_args, first, 8, 4),
	FIELD(bpio_args, reserved1, 12, 4),
	FIELD(bpio_args, reserved2, 16, 8),
	FIELD(bpio_args, size, 24, 4),
	FIELD(bpio_args, out_flags, 28, 4),
	FIELD(bpio_args, state, 32, 4),
	FIELD(bpio_args, stream_count, 36, 4),
	FIELD(bpio_args, pause_count, 40, 4),
	FIELD(bpio_args, volume_pause_count, 44, 4),
	FIELD(bpio_args, reserved3, 48, 16),
	FIELD(bpio_args, room, 64, 960),
};

struct layout {
	const char *name;
	size_t size, size_want;
	const struct field *fields;
	size_t nr;
};

#define LAYOUT(type, size_, fields_) {					\
	.name = #type,							\
	.size = sizeof(struct type), .size_want = (size_),		\
	.fields = (fields_), .nr = ARRAY_SIZE(fields_),			\
}

static const struct layout layouts[] = {
	LAYOUT(bpio_result, 176, result_fields),
	LAYOUT(bpio_results, 352, results_fields),
	LAYOUT(bpio_info, 688, info_fields),
	LAYOUT(bpio_args, 1024, args_fields),
	LAYOUT(bpio_pause, 136, pause_fields),
	LAYOUT(bpio_blocker, 184, blocker_fields),
	LAYOUT(bpio_blockers, 928, blockers_fields),
	LAYOUT(bpio_watch, 24, watch_fields),
	LAYOUT(bpio_event, 80, event_fields),
	LAYOUT(bpio_filter_info, 160, filter_info_fields),
	LAYOUT(bpio_filters, 1344, filters_fields),
};

KUNIT_ARRAY_PARAM_DESC(layout, layouts, name);

/* covers: R2 R7 R10 R12 */
static void uapi_layout(struct kunit *test)
{
	const struct layout *l = test->param_value;
	size_t i, at = 0;

	KUNIT_EXPECT_EQ(test, l->size, l->size_want);
	for (i = 0; i < l->nr; i++) {
		const struct field *f = &l->fields[i];

		KUNIT_EXPECT_EQ_MSG(test, f->at, f->at_want, "%s", f->name);
		KUNIT_EXPECT_EQ_MSG(test, f->size, f->size_want, "%s", f->name);
		/* The compiler has put nothing between two fields */
		KUNIT_EXPECT_EQ_MSG(test, f->at, at, "before %s", f->name);
		at = f->at + f->size;
	}
	KUNIT_EXPECT_EQ_MSG(test, l->size, at, "at the end");
}

/* covers: R2 R7 */
/* All members of the union begin where the header ends */
static void uapi_union(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, offsetof(struct bpio_args, results), 64);
	KUNIT_EXPECT_EQ(test, offsetof(struct bpio_args, info), 64);
	KUNIT_EXPECT_EQ(test, offsetof(struct bpio_args, blockers), 64);
	KUNIT_EXPECT_EQ(test, offsetof(struct bpio_args, pause), 64);
	KUNIT_EXPECT_EQ(test, offsetofend(struct bpio_args, results), 416);
	KUNIT_EXPECT_EQ(test, offsetofend(struct bpio_args, info), 752);
	KUNIT_EXPECT_EQ(test, BPIO_ARGS_INPUT, 24);
	KUNIT_EXPECT_EQ(test, BPIO_ARGS_HEADER, 64);
	/* Where 64-bit fields want 4 bytes only, 32-bit programs agree too */
	KUNIT_EXPECT_EQ(test, offsetof(struct bpio_info, reads) % 8, 0);
	KUNIT_EXPECT_EQ(test, offsetof(struct bpio_args, room) % 8, 0);
}

/* covers: R1 */
static void uapi_ioctl_numbers(struct kunit *test)
{
	const u32 dir = _IOC_READ | _IOC_WRITE;

	KUNIT_EXPECT_EQ(test, BPIO_IOC_MANAGE,
			_IOC(dir, 0xbf, 1, 1024));
	KUNIT_EXPECT_EQ(test, BPIO_IOC_MANAGE_HEADER,
			_IOC(dir, 0xbf, 1, 64));
	if (_IOC_SIZEBITS != 14 || _IOC_READ != 2)
		kunit_skip(test, "this architecture encodes ioctls its own way");
	KUNIT_EXPECT_EQ(test, BPIO_IOC_MANAGE, 0xc400bf01);
	KUNIT_EXPECT_EQ(test, BPIO_IOC_MANAGE_HEADER, 0xc040bf01);
	KUNIT_EXPECT_EQ(test, BPIO_IOC_WATCH, 0x4018bf02);
	KUNIT_EXPECT_EQ(test, BPIO_IOC_FILTERS, 0xc540bf03);
}

/* covers: R4 R5 R53 R65 */
static const struct number {
	const char *name;
	u64 is, want;
} numbers[] = {
	{ "op enable", BPIO_OP_ENABLE, 1 },
	{ "op disable", BPIO_OP_DISABLE, 2 },
	{ "op query", BPIO_OP_QUERY, 3 },
	{ "op volume-pause", BPIO_OP_VOLUME_PAUSE, 4 },
	{ "op volume-resume", BPIO_OP_VOLUME_RESUME, 5 },
	{ "op stream-pause", BPIO_OP_STREAM_PAUSE, 6 },
	{ "op stream-resume", BPIO_OP_STREAM_RESUME, 7 },
	{ "op get-info", BPIO_OP_GET_INFO, 8 },
	{ "in skip-storage", BPIO_IN_SKIP_STORAGE, 1 },
	{ "in scope-handle", BPIO_IN_SCOPE_HANDLE, 2 },
	{ "in scope-stream", BPIO_IN_SCOPE_STREAM, 4 },
	{ "in why", BPIO_IN_WHY, 8 },
	{ "in owned", BPIO_IN_OWNED, 16 },
	{ "in all", BPIO_IN_ALL, 32 },
	{ "in known", BPIO_IN_KNOWN, 63 },
	{ "half filter", BPIO_HALF_FILTER, 0 },
	{ "half storage", BPIO_HALF_STORAGE, 1 },
	{ "event enabled", BPIO_EVENT_ENABLED, 0 },
	{ "event disabled", BPIO_EVENT_DISABLED, 1 },
	{ "event armed", BPIO_EVENT_ARMED, 2 },
	{ "event disarmed", BPIO_EVENT_DISARMED, 3 },
	{ "event broken", BPIO_EVENT_BROKEN, 4 },
	{ "event stream-paused", BPIO_EVENT_STREAM_PAUSED, 5 },
	{ "event stream-resumed", BPIO_EVENT_STREAM_RESUMED, 6 },
	{ "event volume-paused", BPIO_EVENT_VOLUME_PAUSED, 7 },
	{ "event volume-resumed", BPIO_EVENT_VOLUME_RESUMED, 8 },
	{ "event vetoed", BPIO_EVENT_VETOED, 9 },
	{ "event attach-blocked", BPIO_EVENT_ATTACH_BLOCKED, 10 },
	{ "event attach-unblocked", BPIO_EVENT_ATTACH_UNBLOCKED, 11 },
	{ "event shut-down", BPIO_EVENT_SHUT_DOWN, 12 },
	{ "event max", BPIO_EVENT_MAX, 13 },
	{ "watch volume", BPIO_WATCH_VOLUME, 1 },
	{ "watch nonblock", BPIO_WATCH_NONBLOCK, 2 },
	{ "call open", BPIO_CALL_OPEN, 0 },
	{ "call release", BPIO_CALL_RELEASE, 1 },
	{ "call read", BPIO_CALL_READ, 2 },
	{ "call write", BPIO_CALL_WRITE, 3 },
	{ "call setattr", BPIO_CALL_SETATTR, 4 },
	{ "call fallocate", BPIO_CALL_FALLOCATE, 5 },
	{ "call mmap", BPIO_CALL_MMAP, 6 },
	{ "call fsync", BPIO_CALL_FSYNC, 7 },
	{ "call enable", BPIO_CALL_ENABLE, 8 },
	{ "call disable", BPIO_CALL_DISABLE, 9 },
	{ "call query", BPIO_CALL_QUERY, 10 },
	{ "call volume-pause", BPIO_CALL_VOLUME_PAUSE, 11 },
	{ "call volume-resume", BPIO_CALL_VOLUME_RESUME, 12 },
	{ "call stream-pause", BPIO_CALL_STREAM_PAUSE, 13 },
	{ "call stream-resume", BPIO_CALL_STREAM_RESUME, 14 },
	{ "call get-info", BPIO_CALL_GET_INFO, 15 },
	{ "call max", BPIO_CALL_MAX, 16 },
	{ "feature bypass", BPIO_FEATURE_BYPASS, 1 },
	{ "feature data", BPIO_FEATURE_DATA, 2 },
	{ "features known", BPIO_FEATURES_KNOWN, 3 },
	{ "filter attached", BPIO_FILTER_ATTACHED, 1 },
	{ "filter opted-in", BPIO_FILTER_OPTED_IN, 2 },
	{ "filter auto-opted-in", BPIO_FILTER_AUTO_OPTED_IN, 4 },
	{ "filter blocks", BPIO_FILTER_BLOCKS, 8 },
	{ "filter leaving", BPIO_FILTER_LEAVING, 16 },
	{ "filters ignore-features", BPIO_FILTERS_IGNORE_FEATURES, 1 },
	{ "filters max", BPIO_FILTERS_MAX, 8 },
	{ "filters input", BPIO_FILTERS_INPUT, 16 },
	{ "filters header", BPIO_FILTERS_HEADER, 64 },
	{ "out volume-paused", BPIO_OUT_VOLUME_PAUSED, 1 },
	{ "out stream-paused", BPIO_OUT_STREAM_PAUSED, 2 },
	{ "out attach-blocked", BPIO_OUT_ATTACH_BLOCKED, 4 },
	{ "out storage-compatible", BPIO_OUT_STORAGE_COMPATIBLE, 8 },
	{ "out enabled", BPIO_OUT_ENABLED, 0x100 },
	{ "out suspended", BPIO_OUT_SUSPENDED, 0x200 },
	{ "path traditional", BPIO_PATH_TRADITIONAL, 0 },
	{ "path filters-skipped", BPIO_PATH_FILTERS_SKIPPED, 1 },
	{ "path lower-skipped", BPIO_PATH_LOWER_SKIPPED, 2 },
	{ "path full", BPIO_PATH_FULL, 3 },
	{ "path max", BPIO_PATH_MAX, 4 },
	{ "state max", BPIO_STATE_MAX, 4 },
	{ "reason max", BPIO_REASON_MAX, 64 },
	{ "driver max", BPIO_DRIVER_MAX, 32 },
	{ "text max", BPIO_TEXT_MAX, 128 },
	{ "result cut", BPIO_RESULT_CUT, 1 },
};

KUNIT_ARRAY_PARAM_DESC(number, numbers, name);

static void uapi_number(struct kunit *test)
{
	const struct number *n = test->param_value;

	KUNIT_EXPECT_EQ(test, n->is, n->want);
}

static struct kunit_case uapi_cases[] = {
	KUNIT_CASE_PARAM(uapi_layout, layout_gen_params),
	KUNIT_CASE(uapi_union),
	KUNIT_CASE(uapi_ioctl_numbers),
	KUNIT_CASE_PARAM(uapi_number, number_gen_params),
	{}
};

static struct kunit_suite uapi_suite = {
	.name = "bpio_uapi",
	.test_cases = uapi_cases,
};

kunit_test_suite(uapi_suite);

MODULE_DESCRIPTION("KUnit suite: layout of linux/bypassio.h");
MODULE_LICENSE("GPL");
