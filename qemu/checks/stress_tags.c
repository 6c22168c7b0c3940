// SPDX-License-Identifier: GPL-2.0
/* What a block says, and whether it is true. */
#include "checks.h"
#include "stress.h"

static uint64_t sum_of(const struct tag *t)
{
	uint64_t x = t->magic ^ t->id;

	x = x * 0x9e3779b97f4a7c15ull + (((uint64_t)t->slot << 32) | t->block);
	x = x * 0x9e3779b97f4a7c15ull + (((uint64_t)t->gen << 32) | t->sector);
	return x ^ (x >> 29);
}

static struct tag tag_of(unsigned int slot, uint64_t id, unsigned int block, unsigned int sector,
			 uint32_t gen)
{
	struct tag t = { .magic = MAGIC, .slot = slot, .block = block, .id = id, .gen = gen,
			 .sector = sector };

	t.sum = sum_of(&t);
	return t;
}

/* The tag at its begin, then words of the sum */
static uint64_t word_of(const struct tag *t, unsigned int i)
{
	uint64_t word = t->sum + i;

	if (i < sizeof(*t) / 8)
		memcpy(&word, (const char *)t + i * 8, 8);
	return word;
}

/* One store for each word, as the block may be mapped: see stress_mixed() */
void stress_fill(void *block, unsigned int slot, uint64_t id, unsigned int at, uint32_t gen)
{
	volatile uint64_t *words = block;

	for (unsigned int s = 0; s < SECTORS; s++) {
		struct tag t = tag_of(slot, id, at, s, gen);

		for (unsigned int i = 0; i < SECTOR / 8; i++)
			*words++ = word_of(&t, i);
	}
}

int stress_is_zero(const void *sector)
{
	const uint64_t *words = sector;

	for (unsigned int i = 0; i < SECTOR / 8; i++)
		if (words[i])
			return 0;
	return 1;
}

/* A step of two from an even number is data over data; any other had zeros in it */
static int zeros_allowed(uint32_t lo, uint32_t hi)
{
	return lo > hi || (lo & 1) || hi - lo == 1 || hi - lo > 2;
}

uint32_t stress_data_gen(uint32_t gen)
{
	return gen & 1 ? gen + 3 : gen + 2;
}

uint32_t stress_zero_gen(uint32_t gen)
{
	return gen & 1 ? gen + 2 : gen + 1;
}

const char *stress_sector(const void *sector, unsigned int slot, uint64_t id, unsigned int block,
			  unsigned int index, uint32_t lo, uint32_t hi)
{
	const uint64_t *words = sector;
	struct tag t;

	memcpy(&t, sector, sizeof(t));
	if (t.magic == FOREIGN)
		return "foreign: a block of another file";
	if (t.magic == STAMP)
		return "never written by the read";
	if (!t.magic && stress_is_zero(sector))
		return zeros_allowed(lo, hi) ? NULL : "zeros, and nobody made a hole";
	if (t.magic != MAGIC || t.sum != sum_of(&t))
		return "garbage";
	for (unsigned int i = sizeof(t) / 8; i < SECTOR / 8; i += 7)
		if (words[i] != t.sum + i)
			return "torn inside a sector";
	if (words[SECTOR / 8 - 1] != t.sum + SECTOR / 8 - 1)
		return "torn inside a sector";
	if (t.slot != slot)
		return "foreign: another slot's block";
	if (t.id != id)
		return "foreign: another file's block, of the same name";
	if (lo > hi)
		return NULL;
	if (t.block != block || t.sector != index)
		return "from another place of the file";
	if (t.gen < lo)
		return lo == hi ? "stale" : "stale while it was being written";
	return t.gen > hi ? "from the future" : NULL;
}

int stress_mixed(const void *sector, unsigned int slot, uint64_t id, unsigned int block,
		 unsigned int index, uint32_t lo, uint32_t hi)
{
	const uint64_t *words = sector;
	struct tag tag;

	memcpy(&tag, sector, sizeof(tag));
	if (lo > hi && tag.sum == sum_of(&tag))
		return tag.slot == slot && tag.id == id;
	if (lo > hi)
		return tag.magic != FOREIGN && tag.magic != STAMP;
	for (unsigned int i = 0; i < SECTOR / 8; i++) {
		int ours = !words[i] && zeros_allowed(lo, hi);

		for (uint32_t gen = lo; gen <= hi && !ours; gen++) {
			struct tag t = tag_of(slot, id, block, index, gen);

			ours = words[i] == word_of(&t, i);
		}
		if (!ours)
			return 0;
	}
	return 1;
}

void stress_dump(const void *block)
{
	for (unsigned int s = 0; s < SECTORS; s++) {
		const unsigned char *c = (const unsigned char *)block + s * SECTOR;
		struct tag t;

		memcpy(&t, c, sizeof(t));
		fprintf(stderr, "  sector %u: magic %llx slot %u id %llu block %u sector %u gen %u sum %s\n   ",
			s, (unsigned long long)t.magic, t.slot, (unsigned long long)t.id, t.block,
			t.sector, t.gen, t.sum == sum_of(&t) ? "right" : "WRONG");
		for (unsigned int i = 0; i < 64; i++)
			fprintf(stderr, "%s%02x", i % 8 ? "" : " ", c[i]);
		fputc('\n', stderr);
	}
}
