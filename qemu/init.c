// SPDX-License-Identifier: GPL-2.0
/*
 * PID 1 of every guest.
 *
 * Mounts what a test expects, runs /bpio/guest/runner.sh from the root image, and
 * then judges the kernel: modules gone, no leak, no report in the log, no taint.
 * Results and verdict go to the second serial port and nowhere else. The verdict is
 * the last thing written and carries a number that only the host and this process
 * know (it is read and unlinked before any test runs), so no output of a test can
 * be taken for it. Whatever ends this program early leaves no verdict: red.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "init.h"

static char nonce[80];
static int channel = -1;
static int red_count;

static void channel_write(const char *buf, size_t len)
{
	while (len) {
		ssize_t n = write(channel, buf, len);

		if (n <= 0)
			break;
		buf += n;
		len -= n;
	}
}

void red(const char *fmt, ...)
{
	char buf[512] = "# red: ";
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(buf + 7, sizeof(buf) - 9, fmt, ap) + 7;
	va_end(ap);
	if (len > (int)sizeof(buf) - 2)
		len = sizeof(buf) - 2;
	buf[len++] = '\n';
	channel_write(buf, len);
	fwrite(buf, 1, len, stdout);
	red_count++;
}

static void power_off(void)
{
	tcdrain(channel);
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

static void mnt(const char *src, const char *dst, const char *type, unsigned long flags,
		const char *data, int required)
{
	mkdir(dst, 0755);
	if (mount(src, dst, type, flags, data) && required) {
		red("mount %s on %s: %s", src, dst, strerror(errno));
		power_off();
	}
}

long read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = -1;

	if (fd >= 0) {
		n = read(fd, buf, size - 1);
		close(fd);
	}
	buf[n > 0 ? n : 0] = 0;
	return n;
}

int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	int ok = fd >= 0 && write(fd, text, strlen(text)) > 0;

	if (fd >= 0)
		close(fd);
	return ok ? 0 : -1;
}

/* NVMe probes in any order: a disk is known by its serial number. */
static int find_disk(const char *serial, char *dev, size_t size)
{
	char path[300], buf[64];

	for (int tries = 0; tries < 300; tries++, usleep(100000)) {
		DIR *dir = opendir("/sys/block");
		struct dirent *de;

		while (dir && (de = readdir(dir))) {
			snprintf(path, sizeof(path), "/sys/block/%s/device/serial", de->d_name);
			if (read_file(path, buf, sizeof(buf)) <= 0)
				continue;
			buf[strcspn(buf, " \n")] = 0;
			if (!strcmp(buf, serial)) {
				snprintf(dev, size, "/dev/%.60s", de->d_name);
				closedir(dir);
				return 0;
			}
		}
		if (dir)
			closedir(dir);
	}
	return -1;
}

static void enter_root(void)
{
	char dev[80];

	if (find_disk("bpio-root", dev, sizeof(dev))) {
		red("no root disk");
		power_off();
	}
	mnt(dev, "/sysroot", "ext4", MS_RDONLY, NULL, 1);
	if (!find_disk("bpio-modules", dev, sizeof(dev)))
		mnt(dev, "/sysroot/lib/modules", "ext4", MS_RDONLY, NULL, 1);
	mnt("/bpio", "/sysroot/bpio", NULL, MS_BIND, NULL, 1);
	mnt("/dev", "/sysroot/dev", NULL, MS_MOVE, NULL, 1);
	mnt("/proc", "/sysroot/proc", NULL, MS_MOVE, NULL, 1);
	mnt("/sys", "/sysroot/sys", NULL, MS_MOVE, NULL, 1);
	if (chdir("/sysroot") || mount(".", "/", NULL, MS_MOVE, NULL) ||
	    chroot(".") || chdir("/")) {
		red("cannot enter the root image: %s", strerror(errno));
		power_off();
	}
	mnt("tmpfs", "/tmp", "tmpfs", 0, "mode=1777", 1);
	mnt("tmpfs", "/run", "tmpfs", 0, "mode=755", 1);
	mnt("tmpfs", "/mnt", "tmpfs", 0, "mode=755", 1);
	mnt("tmpfs", "/root", "tmpfs", 0, "mode=700", 1);
	mnt("devpts", "/dev/pts", "devpts", 0, "ptmxmode=666", 0);
	mnt("tmpfs", "/dev/shm", "tmpfs", 0, "mode=1777", 0);
	mnt("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL, 0);
	mnt("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL, 0);
	mnt("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL, 0);
	symlink("/proc/self/fd", "/dev/fd");
}

/* Runs the runner; its result lines come through a pipe that no test inherits. */
static void run_tests(void)
{
	char * const argv[] = { "bash", "/bpio/guest/runner.sh", NULL };
	char * const envp[] = {
		"PATH=/bpio/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=linux",
		"LC_ALL=C", NULL
	};
	int fds[2], status = -1, gone = 0;
	char buf[4096];
	ssize_t n;
	pid_t runner;

	if (pipe2(fds, O_CLOEXEC)) {
		red("pipe: %s", strerror(errno));
		return;
	}
	runner = fork();
	if (!runner) {
		setsid();
		dup2(fds[1], 3);
		execve("/bin/bash", argv, envp);
		_exit(127);
	}
	close(fds[1]);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	for (;;) {
		struct pollfd pfd = { .fd = fds[0], .events = POLLIN };
		pid_t pid;
		int st;

		poll(&pfd, 1, gone ? 0 : 500);
		while ((n = read(fds[0], buf, sizeof(buf))) > 0) {
			channel_write(buf, n);
			fwrite(buf, 1, n, stdout);
			fflush(stdout);
		}
		if (gone)
			break;
		while ((pid = waitpid(-1, &st, WNOHANG)) > 0)
			if (pid == runner) {
				status = st;
				gone = 1;
			}
	}
	if (status)
		red("the runner ended with status 0x%x", status);
}

int main(void)
{
	struct termios tio;
	char buf[200];

	mnt("devtmpfs", "/dev", "devtmpfs", 0, NULL, 0);
	mnt("proc", "/proc", "proc", 0, NULL, 1);
	mnt("sysfs", "/sys", "sysfs", 0, NULL, 1);
	for (int fd = 0; fd < 3; fd++) {
		close(fd);
		open("/dev/console", O_RDWR);
	}
	channel = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (!tcgetattr(channel, &tio)) {
		cfmakeraw(&tio);
		tcsetattr(channel, TCSANOW, &tio);
	}
	if (read_file("/bpio/nonce", nonce, sizeof(nonce)) <= 0) {
		channel_write("booted\n", 7);
		power_off();
	}
	nonce[strcspn(nonce, "\n")] = 0;
	unlink("/bpio/nonce");
	enter_root();
	run_tests();
	unload_modules();
	scan_leaks();
	check_log();
	snprintf(buf, sizeof(buf), "verdict %s %s\n", nonce, red_count ? "red" : "green");
	channel_write(buf, strlen(buf));
	power_off();
}
