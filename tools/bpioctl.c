// SPDX-License-Identifier: GPL-2.0
/* bpioctl - ask, enable and use the bypass of files on a bypassfs mount */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

#define MODULE_VERSION	"/sys/module/bypassfs/srcversion"

static const struct verb {
	const char *name;
	int (*fn)(int argc, char **argv);
	const char *args;
	const char *help;
} verbs[] = {
	{ "state", cmd_state, "[-v] [--no-direct] PATH...",
	  "can reads of this file or directory bypass, and if not, why" },
	{ "query", cmd_query, "[--skip-storage] [--no-direct] PATH...",
	  "the raw answer of QUERY, all fields" },
	{ "info", cmd_info, "[--handle|--stream|--volume] PATH...",
	  "file system, disk, and how many reads took which path" },
	{ "enable", cmd_enable, "[--every SECONDS] FILE",
	  "enable one handle, hold it until end of input, report" },
	{ "pause", cmd_pause,
	  "[--stream|--volume] [--reason NAME] [--text TEXT] [--hold] PATH",
	  "pause the bypass of a file or of its mount" },
	{ "resume", cmd_resume, "[--stream|--volume] PATH",
	  "end the pause, or say who still objects" },
	{ "blockers", cmd_blockers, "[--skip-storage] [--no-direct] PATH...",
	  "all that stands in the way of the full bypass" },
	{ "filters", cmd_filters, "PATH...",
	  "the filters of a mount: what each sees, whether it lets reads bypass" },
	{ "watch", cmd_watch, "[--volume] [--events NAME,...] [--count N] [--timeout SECONDS] PATH",
	  "changes of state, a line for each as it comes" },
	{ "send", cmd_send, "[--flags NAME,...] OPERATION PATH",
	  "send one operation, print the raw answer" },
	{ "cat", cmd_cat, "[--block SIZE] FILE...",
	  "copy files to standard output through the bypass" },
	{ "verify", cmd_verify, "[OPTION]... FILE... | --from LIST",
	  "SHA-256 of files read through the bypass, and which path was taken" },
	{ "bench", cmd_bench, "[--block SIZE] [--reads N] [--rounds N] FILE",
	  "how long the same reads take with the bypass off and on" },
};

static void usage(FILE *out)
{
	fputs("Usage: bpioctl VERB [--json] [OPTION]... PATH...\n\n", out);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		fprintf(out, "  bpioctl %-8s %s\n%19s%s\n", verbs[i].name, verbs[i].args, "",
			verbs[i].help);
	fputs("  bpioctl help\n  bpioctl version\n\nbpioctl(8) has the rest.\n", out);
}

static int version(void)
{
	char module[64] = "";
	FILE *f = fopen(MODULE_VERSION, "re");

	if (f) {
		if (fgets(module, sizeof(module), f))
			module[strcspn(module, "\n")] = 0;
		fclose(f);
	}
	printf("bpioctl %s\nmodule bypassfs: ", BPIOCTL_VERSION);
	if (module[0])
		printf("loaded, source version %s\n", module);
	else
		puts(access("/sys/module/bypassfs", F_OK) ? "not loaded" : "loaded");
	return EXIT_OK;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	int status;

	if (!name) {
		usage(stderr);
		return EXIT_ERROR;
	}
	if (!strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h")) {
		usage(stdout);
		return EXIT_OK;
	}
	if (!strcmp(name, "version") || !strcmp(name, "--version"))
		return version();
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(name, verbs[i].name))
			continue;
		status = verbs[i].fn(argc - 1, argv + 1);
		if (fflush(stdout) || ferror(stdout)) {
			perror("bpioctl: standard output");
			return EXIT_ERROR;
		}
		return status;
	}
	fprintf(stderr, "bpioctl: no verb \"%s\"; \"bpioctl help\" lists them\n", name);
	return EXIT_ERROR;
}
