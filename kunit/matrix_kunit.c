// SPDX-License-Identifier: GPL-2.0
/*
 * Each operation in each situation of matrix.h, as a module sends it, on open
 * files of a mount over the guest's tmpfs. There the storage half always refuses:
 * the filter half, the counts and the flags are what this is about. The guests'
 * check "matrix" does the same where both halves agree.
 */
#include <kunit/test.h>

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/string.h>

#include "attach.h"
#include "filter.h"
#include "matrix.h"

#define LOWER		"/tmp"
#define LOWER_FS	"tmpfs"
#define LOWER_SAYS	BPIO_REASON_NO_BLOCK_DEVICE
#define NAME(what)	"bpio_matrix." what
#define SIZE		8192

static struct vfsmount *mnt;

/**
 * struct bench - one case
 * @files: what operations are sent on; NULL if it was not opened
 * @block: the module that must see each read
 * @blocked: it is there
 * @args: one operation
 * @data: what was read
 */
struct bench {
	struct file *files[MATRIX_TARGETS];
	struct bpio_block block;
	bool blocked;
	struct bpio_args args;
	char data[SIZE];
};

static struct file *open_it(const char *name, int flags)
{
	const struct path root = { .mnt = mnt, .dentry = mnt->mnt_root };

	return file_open_root(&root, name, flags | O_LARGEFILE, 0644);
}

static int make_file(const char *name)
{
	static char data[SIZE];
	struct file *file = open_it(name, O_WRONLY | O_CREAT | O_TRUNC);
	loff_t pos = 0;
	ssize_t ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	memset(data, 'm', sizeof(data));
	ret = kernel_write(file, data, sizeof(data), &pos);
	__fput_sync(file);
	return ret == sizeof(data) ? 0 : -EIO;
}

/* Made if @make, else removed; what is not there is no error */
static int change_dir(const char *name, bool make, bool dir)
{
	struct dentry *root = mnt->mnt_root, *dentry;
	int ret = mnt_want_write(mnt);

	if (ret)
		return ret;
	inode_lock_nested(d_inode(root), I_MUTEX_PARENT);
	dentry = lookup_one_len(name, root, strlen(name));
	ret = PTR_ERR_OR_ZERO(dentry);
	if (ret)
		goto out_unlock;
	if (make && d_is_negative(dentry))
		ret = vfs_mkdir(mnt_idmap(mnt), d_inode(root), dentry, 0755);
	else if (!make && d_is_positive(dentry) && dir)
		ret = vfs_rmdir(mnt_idmap(mnt), d_inode(root), dentry);
	else if (!make && d_is_positive(dentry))
		ret = vfs_unlink(mnt_idmap(mnt), d_inode(root), dentry, NULL);
	dput(dentry);
out_unlock:
	inode_unlock(d_inode(root));
	mnt_drop_write(mnt);
	return ret;
}

static int matrix_mount(void)
{
	struct file_system_type *type = get_fs_type("bypassfs");
	struct fs_context *fc;
	int ret;

	if (!type)
		return -ENODEV;
	fc = fs_context_for_mount(type, 0);
	module_put(type->owner);
	if (IS_ERR(fc))
		return PTR_ERR(fc);
	ret = vfs_parse_fs_string(fc, "source", LOWER, strlen(LOWER));
	if (!ret) {
		mnt = fc_mount(fc);
		ret = PTR_ERR_OR_ZERO(mnt);
	}
	put_fs_context(fc);
	if (ret)
		mnt = NULL;
	return ret;
}

static int matrix_start(struct kunit_suite *suite)
{
	int ret = matrix_mount();

	if (!ret)
		ret = make_file(NAME("file"));
	if (!ret)
		ret = make_file(NAME("cached"));
	if (!ret)
		ret = change_dir(NAME("dir"), true, true);
	return ret;
}

static void matrix_end(struct kunit_suite *suite)
{
	if (!mnt)
		return;
	change_dir(NAME("dir"), false, true);
	change_dir(NAME("file"), false, false);
	change_dir(NAME("cached"), false, false);
	mntput(mnt);
	mnt = NULL;
}

static int send(struct bench *b, enum matrix_target target, enum bpio_op op)
{
	memset(&b->args, 0, sizeof(b->args));
	b->args.op = op;
	return bpio_manage(b->files[target], &b->args);
}

static int bench_start(struct kunit *test)
{
	static const struct {
		const char *name;
		int flags;
	} targets[MATRIX_TARGETS] = {
		[MATRIX_FILE]	= { NAME("file"), O_RDONLY | O_DIRECT },
		[MATRIX_AGAIN]	= { NAME("file"), O_RDONLY | O_DIRECT },
		[MATRIX_CACHED]	= { NAME("cached"), O_RDONLY },
		[MATRIX_DIR]	= { NAME("dir"), O_RDONLY | O_DIRECTORY },
		[MATRIX_ROOT]	= { "", O_RDONLY | O_DIRECTORY },
	};
	struct bench *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	struct file *file;
	int i;

	if (!b)
		return -ENOMEM;
	test->priv = b;
	b->block.who = KBUILD_MODNAME;
	for (i = 0; i < MATRIX_TARGETS; i++) {
		file = open_it(targets[i].name, targets[i].flags);
		if (IS_ERR(file))
			return PTR_ERR(file);
		b->files[i] = file;
	}
	return 0;
}

/* Nothing of it is there for the next one */
static void bench_end(struct kunit *test)
{
	struct bench *b = test->priv;
	int i;

	if (!b)
		return;
	if (b->blocked)
		bpio_attach_unblock(mnt->mnt_sb, &b->block);
	for (i = 0; i < MATRIX_ROOT; i++)
		if (b->files[i])
			__fput_sync(b->files[i]);
	if (!b->files[MATRIX_ROOT])
		return;
	KUNIT_EXPECT_EQ(test, send(b, MATRIX_ROOT, BPIO_OP_VOLUME_RESUME), 0);
	KUNIT_EXPECT_EQ(test, send(b, MATRIX_ROOT, BPIO_OP_GET_INFO), 0);
	KUNIT_EXPECT_EQ(test, b->args.out_flags, 0);
	KUNIT_EXPECT_EQ(test, b->args.info.volume_count, 0);
	KUNIT_EXPECT_EQ(test, b->args.volume_pause_count, 0);
	__fput_sync(b->files[MATRIX_ROOT]);
}

static void get_into(struct kunit *test, unsigned int steps)
{
	static const struct {
		unsigned int step;
		enum bpio_op op;
	} all[] = {
		{ MATRIX_DO_ENABLE, BPIO_OP_ENABLE },
		{ MATRIX_DO_DISABLE, BPIO_OP_DISABLE },
		{ MATRIX_DO_STREAM_PAUSE, BPIO_OP_STREAM_PAUSE },
		{ MATRIX_DO_VOLUME_PAUSE, BPIO_OP_VOLUME_PAUSE },
	};
	struct bench *b = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (steps & all[i].step)
			KUNIT_ASSERT_EQ(test, send(b, MATRIX_FILE, all[i].op), 0);
	if (!(steps & MATRIX_DO_BLOCK))
		return;
	KUNIT_ASSERT_EQ(test, bpio_attach_block(mnt->mnt_sb, &b->block), 0);
	b->blocked = true;
}

static void expect_result(struct kunit *test, const struct bpio_result *r,
			  enum bpio_reason reason, const char *who)
{
	KUNIT_EXPECT_EQ(test, r->reason, reason);
	KUNIT_EXPECT_EQ(test, r->status, matrix_status(reason));
	KUNIT_EXPECT_EQ(test, r->driver_len, reason ? strlen(who) : 0);
	KUNIT_EXPECT_EQ(test, !r->text_len, !reason);
	if (reason)
		KUNIT_EXPECT_STREQ(test, (const char *)r->driver, who);
}

static void expect_results(struct kunit *test, const struct matrix_cell *c,
			   const struct bpio_args *a)
{
	const bool blocked = c->filter == BPIO_REASON_ATTACH_BLOCKED;

	if (c->op == BPIO_OP_GET_INFO)
		return;
	if (!matrix_has_results(c->op)) {
		KUNIT_EXPECT_NULL(test, memchr_inv(a->room, 0, sizeof(a->room)));
		return;
	}
	expect_result(test, &a->results.filter, c->filter,
		      blocked ? KBUILD_MODNAME : "bypassfs");
	expect_result(test, &a->results.storage,
		      c->storage == MATRIX_UNASKED ? BPIO_REASON_NONE : LOWER_SAYS,
		      LOWER_FS);
}

/* What is enabled here is always suspended, and nothing is fit for the bypass */
static unsigned int flags_here(const struct matrix_cell *c)
{
	unsigned int flags = matrix_flags(c->flags);

	return flags | (flags & BPIO_OUT_ENABLED ? BPIO_OUT_SUSPENDED : 0);
}

static void expect_answer(struct kunit *test, const struct matrix_cell *c,
			  int again)
{
	const struct bpio_args *a = &((struct bench *)test->priv)->args;
	const bool same_inode = matrix_situations[c->in].target <= MATRIX_AGAIN;
	unsigned int more = matrix_counts(c) ? again : 0;
	bool stream = c->op == BPIO_OP_STREAM_PAUSE;

	KUNIT_EXPECT_EQ(test, a->op, c->op);
	KUNIT_EXPECT_EQ(test, a->size, sizeof(*a));
	KUNIT_EXPECT_EQ(test, a->state, BPIO_STATE_IDLE);
	KUNIT_EXPECT_EQ(test, a->out_flags, flags_here(c));
	KUNIT_EXPECT_EQ(test, a->stream_count, c->count);
	KUNIT_EXPECT_EQ(test, a->pause_count, c->pauses + (stream ? more : 0));
	KUNIT_EXPECT_EQ(test, a->volume_pause_count,
			c->volume_pauses + (stream ? 0 : more));
	expect_results(test, c, a);
	if (c->op == BPIO_OP_GET_INFO)
		KUNIT_EXPECT_EQ(test, a->info.volume_count,
				same_inode ? c->count : 1);
}

/* Of the four paths, the two through the lower file system */
static void expect_read(struct kunit *test, enum bpio_path path)
{
	const bool skips = path == BPIO_PATH_FULL ||
			   path == BPIO_PATH_FILTERS_SKIPPED;
	struct bench *b = test->priv;
	u64 skipped, traditional;
	loff_t pos = 0;

	KUNIT_ASSERT_EQ(test, send(b, MATRIX_ROOT, BPIO_OP_GET_INFO), 0);
	skipped = b->args.info.reads[BPIO_PATH_FILTERS_SKIPPED];
	traditional = b->args.info.reads[BPIO_PATH_TRADITIONAL];
	KUNIT_EXPECT_EQ(test, kernel_read(b->files[MATRIX_FILE], b->data, SIZE,
					  &pos), SIZE);
	KUNIT_EXPECT_NULL(test, memchr_inv(b->data, 'm', SIZE));
	KUNIT_ASSERT_EQ(test, send(b, MATRIX_ROOT, BPIO_OP_GET_INFO), 0);
	KUNIT_EXPECT_EQ(test, b->args.info.reads[BPIO_PATH_FILTERS_SKIPPED],
			skipped + skips);
	KUNIT_EXPECT_EQ(test, b->args.info.reads[BPIO_PATH_TRADITIONAL],
			traditional + !skips);
}

static void cell_desc(const struct matrix_cell *c, char *desc)
{
	static const char * const ops[BPIO_OP_MAX] = {
		"", "enable", "disable", "query", "volume-pause",
		"volume-resume", "stream-pause", "stream-resume", "get-info",
	};

	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s: %s",
		 matrix_situations[c->in].name, ops[c->op]);
}

KUNIT_ARRAY_PARAM(cell, matrix_cells, cell_desc);

/* covers: R8 R14 R15 R17 R18 R19 R26 R27 R30 R37 R38 R40 R41 R42 R43 */
/* covers: R46 R47 R50 R51 R53 R54 R57 R58 R59 R61 R63 R64 R65 R66 R71 R72 */
static void matrix_cell(struct kunit *test)
{
	const struct matrix_cell *c = test->param_value;
	const struct matrix_situation *s = &matrix_situations[c->in];
	struct bench *b = test->priv;
	int again;

	get_into(test, s->steps);
	for (again = 0; again < 2; again++) {
		KUNIT_ASSERT_EQ(test, send(b, s->target, c->op), 0);
		expect_answer(test, c, again);
	}
	expect_read(test, c->path);
}

/* covers: R38 R59 */
static void matrix_is_whole(struct kunit *test)
{
	bool seen[MATRIX_SITUATIONS_NR][BPIO_OP_MAX] = {};
	int i, op;

	for (i = 0; i < ARRAY_SIZE(matrix_cells); i++) {
		const struct matrix_cell *c = &matrix_cells[i];

		KUNIT_EXPECT_FALSE(test, seen[c->in][c->op]);
		seen[c->in][c->op] = true;
	}
	for (i = 0; i < MATRIX_SITUATIONS_NR; i++)
		for (op = BPIO_OP_ENABLE; op < BPIO_OP_MAX; op++)
			KUNIT_EXPECT_TRUE(test, seen[i][op]);
}

static struct kunit_case matrix_cases[] = {
	KUNIT_CASE(matrix_is_whole),
	KUNIT_CASE_PARAM(matrix_cell, cell_gen_params),
	{}
};

static struct kunit_suite matrix_suite = {
	.name = "bpio_matrix",
	.suite_init = matrix_start,
	.suite_exit = matrix_end,
	.init = bench_start,
	.exit = bench_end,
	.test_cases = matrix_cases,
};

kunit_test_suite(matrix_suite);

MODULE_DESCRIPTION("KUnit suite: each operation in each situation");
MODULE_LICENSE("GPL");
