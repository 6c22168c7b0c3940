/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CMD_H
#define CMD_H

/* Exit status of every verb but "state", "query", "blockers", "enable": see enum verdict */
#define EXIT_OK		0
#define EXIT_DIFFERS	1
#define EXIT_UNDONE	1	/* not paused, still paused, fewer events than asked for */
#define EXIT_ERROR	3

/* One per verb, in cmd_VERB.c; argv[0] is the verb; the exit status is returned */
int cmd_state(int argc, char **argv);
int cmd_query(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_enable(int argc, char **argv);
int cmd_pause(int argc, char **argv);
int cmd_resume(int argc, char **argv);
int cmd_blockers(int argc, char **argv);
int cmd_filters(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_send(int argc, char **argv);
int cmd_cat(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_bench(int argc, char **argv);

#endif /* CMD_H */
