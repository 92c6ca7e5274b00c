/* Lets a policy act for a while, and tells what that took: `acting FOLDER STEPS`. */
#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "fledge_policy.h"

static long allocations;

#ifndef COUNTED_BY_ANOTHER
/* In place of the C library's, for every library of the process. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) { return allocations++, __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return allocations++, __libc_calloc(count, size); }
void *realloc(void *memory, size_t size) { return allocations++, __libc_realloc(memory, size); }
void *memalign(size_t alignment, size_t size) { return allocations++, __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **memory, size_t alignment, size_t size) {
  *memory = memalign(alignment, size);
  return *memory ? 0 : 12;
}
#endif

static int threads(void) {
  int count = -2;
  DIR *tasks = opendir("/proc/self/task");
  while (tasks && readdir(tasks)) count++;
  if (tasks) closedir(tasks);
  return count;
}

int main(int count, char **arguments) {
  char message[256] = "";
  fledge_policy *policy = fledge_policy_open(arguments[1], 1, message, sizeof message);
  if (count != 3 || !policy || !fledge_policy_begin(policy, FLEDGE_DRAW)) return puts(message), 1;
  float observation[64] = {0}, action[64];
  long before = 0, steps = atol(arguments[2]);
  size_t bytes = 0;
  for (long step = -100; step < steps; step++) {
    /* What is set up at first counts for nothing. */
    if (step == 0) before = allocations, bytes = mallinfo2().uordblks;
    observation[0] = (float)(step % 7) / 7;
    if (!fledge_policy_act(policy, observation, action) || !fledge_policy_observe(policy, action[0])) {
      return puts(fledge_policy_error(policy)), 1;
    }
  }
  printf("%ld allocations, %ld bytes, %d threads\n", allocations - before,
         (long)(mallinfo2().uordblks - bytes), threads());
  /* Wrong use is an error, and ends nothing. */
  if (fledge_policy_begin(policy, FLEDGE_DRAW) || fledge_policy_begin(policy, 9) ||
      fledge_policy_adapt(policy, 1) || fledge_policy_act(policy, NULL, action) ||
      fledge_policy_act(policy, observation, NULL) || fledge_policy_save(policy, NULL) ||
      fledge_policy_record(policy, 1, NULL, NULL, NULL, NULL, 0) || fledge_policy_begin(NULL, 0)) {
    return puts("wrong use was no error"), 1;
  }
  printf("%s\n", fledge_policy_error(policy));
  fledge_policy_end(policy, observation, 0);
  fledge_policy_close(policy);
  fledge_policy_close(NULL);
  if (fledge_policy_open(NULL, 1, message, 8) || fledge_policy_open("nowhere", 1, NULL, 0)) return 1;
  return puts(message), 0;
}
