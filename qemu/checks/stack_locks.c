// SPDX-License-Identifier: GPL-2.0
/* Locks and leases: taken through the mount, felt below it, and the other way round. */
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checks.h"

struct sides {
	const char *path[2];
	int fd[2];
};

static const char *const names[] = { "the mount", "below" };

static int open_both(struct sides *s, char **argv)
{
	for (int i = 0; i < 2; i++) {
		s->path[i] = argv[i + 1];
		s->fd[i] = open(s->path[i], O_RDWR | O_CLOEXEC);
		if (s->fd[i] < 0)
			return fail_errno("%s", s->path[i]);
	}
	return 0;
}

static struct flock range(int type, long start, long len)
{
	return (struct flock){
		.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len,
	};
}

static int check_flock(struct sides *s, int mine)
{
	int other = !mine, fd;

	if (flock(s->fd[mine], LOCK_EX | LOCK_NB))
		return fail_errno("flock through %s", names[mine]);
	if (!flock(s->fd[other], LOCK_SH | LOCK_NB) || errno != EWOULDBLOCK)
		return fail("flock: held through %s, got through %s", names[mine], names[other]);
	/* another description of the same side is another owner as well */
	fd = open(s->path[mine], O_RDWR | O_CLOEXEC);
	if (!flock(fd, LOCK_SH | LOCK_NB))
		return fail("flock: twice through %s", names[mine]);
	close(fd);
	if (!flock(s->fd[other], LOCK_SH | LOCK_NB))
		return fail("flock: gone when another description was closed");
	if (flock(s->fd[mine], LOCK_UN) || flock(s->fd[other], LOCK_SH | LOCK_NB) ||
	    flock(s->fd[mine], LOCK_SH | LOCK_NB))
		return fail_errno("flock: shared");
	flock(s->fd[0], LOCK_UN);
	flock(s->fd[1], LOCK_UN);
	/* closing releases */
	fd = open(s->path[mine], O_RDWR | O_CLOEXEC);
	if (flock(fd, LOCK_EX | LOCK_NB))
		return fail_errno("flock: third");
	close(fd);
	if (flock(s->fd[other], LOCK_EX | LOCK_NB))
		return fail_errno("flock: after a close");
	return flock(s->fd[other], LOCK_UN);
}

static int check_ofd(struct sides *s, int mine)
{
	struct flock l = range(F_WRLCK, 10, 20);
	int other = !mine, fd;

	fd = open(s->path[mine], O_RDWR | O_CLOEXEC);
	if (fcntl(fd, F_OFD_SETLK, &l))
		return fail_errno("OFD lock through %s", names[mine]);
	l = range(F_RDLCK, 29, 1);
	if (!fcntl(s->fd[other], F_OFD_SETLK, &l) || errno != EAGAIN)
		return fail("OFD lock: not felt through %s", names[other]);
	l = range(F_RDLCK, 30, 1);
	if (fcntl(s->fd[other], F_OFD_SETLK, &l))
		return fail_errno("OFD lock: beside it");
	l = range(F_RDLCK, 0, 100);
	if (fcntl(s->fd[other], F_OFD_GETLK, &l) || l.l_type != F_WRLCK || l.l_start != 10 ||
	    l.l_len != 20 || l.l_pid != -1)
		return fail("OFD GETLK: %d at %ld, %ld bytes, pid %d", l.l_type, (long)l.l_start,
			    (long)l.l_len, l.l_pid);
	close(fd);
	l = range(F_WRLCK, 0, 100);
	if (fcntl(s->fd[other], F_OFD_SETLK, &l))
		return fail_errno("OFD lock: outlives its file");
	l.l_type = F_UNLCK;
	return fcntl(s->fd[other], F_OFD_SETLK, &l);
}

/* in a child: whether the range can be had, -1 if not */
static int try_in_child(int fd, struct flock l)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(fcntl(fd, F_SETLK, &l) ? (errno == EAGAIN ? 1 : 2) : 0);
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status) ? -1 : 0;
}

static int check_posix(struct sides *s, int mine)
{
	struct flock l = range(F_WRLCK, 5, 5), got;
	int other = !mine, status, fd;
	pid_t pid;

	if (fcntl(s->fd[mine], F_SETLK, &l))
		return fail_errno("lock through %s", names[mine]);
	if (!try_in_child(s->fd[other], range(F_RDLCK, 9, 1)) ||
	    !try_in_child(s->fd[mine], range(F_RDLCK, 9, 1)))
		return fail("lock: not felt through %s", names[other]);
	if (try_in_child(s->fd[other], range(F_RDLCK, 10, 1)))
		return fail("lock: felt beside it");
	pid = fork();
	if (!pid) {
		got = range(F_RDLCK, 0, 0);
		_exit(fcntl(s->fd[other], F_GETLK, &got) || got.l_pid != getppid() ||
		      got.l_type != F_WRLCK || got.l_start != 5 || got.l_len != 5);
	}
	waitpid(pid, &status, 0);
	if (status)
		return fail("GETLK through %s does not name the owner", names[other]);
	/* POSIX: closing any descriptor of the file releases */
	fd = open(s->path[mine], O_RDWR | O_CLOEXEC);
	close(fd);
	if (try_in_child(s->fd[other], range(F_WRLCK, 5, 5)))
		return fail("lock: outlives a close through %s", names[mine]);
	return 0;
}

/* a waiting lock is granted when the other side lets go, and a signal ends the wait */
static int check_wait(struct sides *s, int mine)
{
	struct flock l = range(F_WRLCK, 0, 10);
	int other = !mine, status;
	pid_t pid;

	if (fcntl(s->fd[mine], F_SETLK, &l))
		return fail_errno("lock through %s", names[mine]);
	pid = fork();
	if (!pid) {
		alarm(60);
		_exit(fcntl(s->fd[other], F_SETLKW, &l) ? 1 : 0);
	}
	usleep(200000);
	if (waitpid(pid, &status, WNOHANG))
		return fail("lock: did not wait");
	l.l_type = F_UNLCK;
	fcntl(s->fd[mine], F_SETLK, &l);
	waitpid(pid, &status, 0);
	if (status)
		return fail("lock: not granted through %s: %x", names[other], status);

	l.l_type = F_WRLCK;
	fcntl(s->fd[mine], F_SETLK, &l);
	pid = fork();
	if (!pid)
		_exit(fcntl(s->fd[other], F_SETLKW, &l) ? 1 : 0);
	usleep(200000);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	l.l_type = F_UNLCK;
	fcntl(s->fd[mine], F_SETLK, &l);
	return WIFSIGNALED(status) ? 0 : fail("lock: a wait that cannot be killed");
}

static int locks(int argc, char **argv)
{
	struct sides s;

	if (argc != 3 || open_both(&s, argv))
		return 1;
	for (int mine = 0; mine < 2; mine++)
		if (check_flock(&s, mine) || check_ofd(&s, mine) || check_posix(&s, mine) ||
		    check_wait(&s, mine))
			return 1;
	return 0;
}

CHECK("stack-locks", locks, "TOP LOWER: one file in both views; its locks conflict")

static volatile sig_atomic_t broken;

static void on_break(int sig)
{
	broken = sig;
}

static int leases(int argc, char **argv)
{
	int fd, writer, i;

	if (argc != 3)
		return 1;
	signal(SIGUSR1, on_break);
	signal(SIGIO, on_break);
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fcntl(fd, F_SETSIG, SIGUSR1) || fcntl(fd, F_SETLEASE, F_RDLCK))
		return fail_errno("F_SETLEASE");
	if (fcntl(fd, F_GETLEASE) != F_RDLCK)
		return fail("F_GETLEASE: %d", fcntl(fd, F_GETLEASE));
	writer = open(argv[1], O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (writer >= 0 || errno != EWOULDBLOCK)
		return fail("an open for writing did not run into the lease");
	for (i = 0; i < 50 && !broken; i++)
		usleep(100000);
	if (broken != SIGUSR1)
		return fail("the break sent signal %d", broken);
	if (fcntl(fd, F_SETLEASE, F_UNLCK))
		return fail_errno("F_SETLEASE, F_UNLCK");
	writer = open(argv[1], O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (writer < 0)
		return fail_errno("open after the lease");
	if (!fcntl(fd, F_SETLEASE, F_RDLCK) || errno != EAGAIN)
		return fail("a lease in spite of a writer through the mount");
	close(writer);
	writer = open(argv[2], O_WRONLY | O_CLOEXEC);
	if (!fcntl(fd, F_SETLEASE, F_RDLCK) || errno != EAGAIN)
		return fail("a lease in spite of a writer below");
	close(writer);
	if (fcntl(fd, F_SETLEASE, F_RDLCK))
		return fail_errno("a lease when they are gone");
	return 0;
}

CHECK("stack-leases", leases, "TOP LOWER: leases are given, kept, and broken")
