// Preloaded into fledge: the n-th call that changes what is on disk fails, n from FLEDGE_FAULT, and where
// FLEDGE_FAULT_STAYS is set all calls after it, as on a disk that is full.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int fails(void) {
  static atomic_long count;
  const char *fault = getenv("FLEDGE_FAULT");
  if (!fault) return 0;
  long number = atomic_fetch_add(&count, 1) + 1;
  long first = atol(fault);
  return number == first || (number > first && getenv("FLEDGE_FAULT_STAYS"));
}

static int isOnDisk(int file) {
  struct stat facts;
  return fstat(file, &facts) == 0 && (S_ISREG(facts.st_mode) || S_ISDIR(facts.st_mode));
}

ssize_t write(int file, const void *bytes, size_t count) {
  ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
  if (!isOnDisk(file) || !fails()) return next(file, bytes, count);
  // A full disk takes what still fits.
  if (count > 1) (void)!next(file, bytes, count / 2);
  errno = ENOSPC;
  return -1;
}

int fsync(int file) {
  int (*next)(int) = dlsym(RTLD_NEXT, "fsync");
  if (!isOnDisk(file) || !fails()) return next(file);
  errno = EIO;
  return -1;
}

int rename(const char *old, const char *new) {
  int (*next)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
  if (!fails()) return next(old, new);
  errno = EIO;
  return -1;
}

int mkdir(const char *path, mode_t mode) {
  int (*next)(const char *, mode_t) = dlsym(RTLD_NEXT, "mkdir");
  if (!fails()) return next(path, mode);
  errno = ENOSPC;
  return -1;
}
