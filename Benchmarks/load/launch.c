/* launch FD COMMAND…: runs a command and writes to the descriptor FD, a line each: the command's process id and when it
 * was started, and at its end its wait status, user and system time in µs, and its peak of resident memory in kB.
 *
 * The kernel keeps the peak of a process over exec, so a child of a large process, as the scripts are, would be charged
 * with that one's memory. This one is small.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

static long microseconds(struct timeval time) { return time.tv_sec * 1000000L + time.tv_usec; }

int main(int count, char **arguments) {
  if (count < 3) die("launch FD COMMAND…");
  int told = atoi(arguments[1]);
  uint64_t started = monotonic();
  pid_t child = fork();
  if (child < 0) die("fork: %s", strerror(errno));
  if (!child) {
    close(told);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* whoever ends this process ends the command */
    execvp(arguments[2], arguments + 2);
    die("%s: %s", arguments[2], strerror(errno));
  }
  dprintf(told, "%d %lu\n", child, started);
  int status;
  struct rusage usage;
  while (wait4(child, &status, 0, &usage) < 0)
    if (errno != EINTR) die("wait: %s", strerror(errno));
  dprintf(told, "%d %ld %ld %ld\n", status, microseconds(usage.ru_utime), microseconds(usage.ru_stime), usage.ru_maxrss);
  return 0;
}
