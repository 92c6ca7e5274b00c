#ifdef FLEDGE_MPI

#define _GNU_SOURCE

#include "CMPI.h"

#include <mpi.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static MPI_Comm messages, beats;
static int own_rank, rank_count, longest_silence, exit_code;
static pthread_t heart;
static atomic_int is_ending;

/// MPI counts in `int`: longer messages go in parts of this size.
static const int64_t part = 1 << 30;

/// Waits without keeping a processor busy that another rank may need.
static void await(MPI_Request *request) {
  int is_done = 0;
  for (int tries = 0;; tries++) {
    MPI_Test(request, &is_done, MPI_STATUS_IGNORE);
    if (is_done) return;
    if (tries > 2000) usleep(20);
    else if (tries > 200) sched_yield();
  }
}

/// Ends what has started this process, should it still be there in a while: Open MPI's launchers wait without end for a
/// host that they can't reach.
static void end_launcher_later(void) {
  char path[64], name[16] = {0};
  snprintf(path, sizeof path, "/proc/%d/comm", (int)getppid());
  FILE *file = fopen(path, "r");
  if (!file) return;
  if (fscanf(file, "%15s", name) != 1) name[0] = 0;
  fclose(file);
  static const char *const launchers[] = {"mpirun", "mpiexec", "orterun", "orted", "prterun", "prted"};
  pid_t launcher = getppid();
  for (size_t index = 0; index < sizeof launchers / sizeof *launchers; index++) {
    if (strcmp(name, launchers[index])) continue;
    if (fork()) return;
    // Neither who reads what this process wrote nor who wants its locks is to wait for its child.
    close_range(0, ~0U, 0);
    setsid();
    sleep(5);
    kill(launcher, SIGKILL);
    _exit(0);
  }
}

/// Ends this process because another is gone, and with it the run.
static void mourn(int rank, const char *hosts) {
  char line[256 + MPI_MAX_PROCESSOR_NAME];
  int length = snprintf(line, sizeof line,
                        "fledge: process %d on %s has not been heard of for %d s: its host or the network is down; "
                        "go on from the last checkpoint with --resume\n",
                        rank, hosts + (size_t)rank * MPI_MAX_PROCESSOR_NAME, longest_silence);
  if (write(2, line, (size_t)length) < 0) {}
  end_launcher_later();
  _exit(exit_code);
}

/// Tells the leader every second that this process is there, and the leader all others; silence is counted in these
/// seconds, so that a job that was suspended loses nobody.
static void *beat(void *hosts) {
  int first = own_rank == 0 ? 1 : 0, last = own_rank == 0 ? rank_count : 1;
  int *silence = calloc((size_t)rank_count, sizeof *silence);
  MPI_Request *sent = malloc((size_t)rank_count * sizeof *sent);
  // What is still being sent when this thread ends stays where it is.
  static char out;
  char in;
  for (int rank = 0; rank < rank_count; rank++) sent[rank] = MPI_REQUEST_NULL;
  while (!atomic_load(&is_ending)) {
    for (int rank = first; rank < last; rank++) {
      int is_done = 1;
      MPI_Test(&sent[rank], &is_done, MPI_STATUS_IGNORE);
      if (is_done) MPI_Isend(&out, 1, MPI_CHAR, rank, 0, beats, &sent[rank]);
    }
    for (int tenth = 0; tenth < 10 && !atomic_load(&is_ending); tenth++) {
      int is_there = 1;
      while (is_there) {
        MPI_Status status;
        MPI_Iprobe(MPI_ANY_SOURCE, 0, beats, &is_there, &status);
        if (!is_there) break;
        MPI_Recv(&in, 1, MPI_CHAR, status.MPI_SOURCE, 0, beats, MPI_STATUS_IGNORE);
        silence[status.MPI_SOURCE] = 0;
      }
      usleep(100000);
    }
    for (int rank = first; rank < last; rank++)
      if (++silence[rank] > longest_silence) mourn(rank, hosts);
  }
  for (int rank = first; rank < last; rank++) {
    if (sent[rank] == MPI_REQUEST_NULL) continue;
    MPI_Request_free(&sent[rank]);
  }
  free(sent);
  free(silence);
  return NULL;
}

void fledge_mpi_begin(int silence, int code) {
  int provided;
  MPI_Init_thread(NULL, NULL, MPI_THREAD_MULTIPLE, &provided);
  if (provided < MPI_THREAD_MULTIPLE) {
    fputs("fledge: this MPI doesn't let several threads send (MPI_THREAD_MULTIPLE); use Open MPI 4 or later\n", stderr);
    MPI_Abort(MPI_COMM_WORLD, code);
  }
  MPI_Comm_dup(MPI_COMM_WORLD, &messages);
  MPI_Comm_dup(MPI_COMM_WORLD, &beats);
  MPI_Comm_rank(messages, &own_rank);
  MPI_Comm_size(messages, &rank_count);
  longest_silence = silence;
  exit_code = code;
  if (rank_count == 1) return;
  int length;
  char name[MPI_MAX_PROCESSOR_NAME] = {0};
  char *hosts = calloc((size_t)rank_count, sizeof name);
  MPI_Get_processor_name(name, &length);
  MPI_Allgather(name, sizeof name, MPI_CHAR, hosts, sizeof name, MPI_CHAR, messages);
  pthread_create(&heart, NULL, beat, hosts);
}

void fledge_mpi_machine(int *processes, int *processors) {
  MPI_Comm here;
  MPI_Comm_split_type(messages, MPI_COMM_TYPE_SHARED, own_rank, MPI_INFO_NULL, &here);
  cpu_set_t own, all;
  CPU_ZERO(&own);
  sched_getaffinity(0, sizeof own, &own);
  MPI_Allreduce(&own, &all, sizeof own, MPI_BYTE, MPI_BOR, here);
  MPI_Comm_size(here, processes);
  MPI_Comm_free(&here);
  *processors = CPU_COUNT(&all);
}

const char *fledge_mpi_version(void) {
#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)
  return "Open MPI " TEXT(OMPI_MAJOR_VERSION) "." TEXT(OMPI_MINOR_VERSION) "." TEXT(OMPI_RELEASE_VERSION);
}

int fledge_mpi_rank(void) { return own_rank; }

int fledge_mpi_count(void) { return rank_count; }

void fledge_mpi_send(const void *bytes, int64_t count, int rank) {
  MPI_Request request;
  MPI_Isend(&count, 1, MPI_INT64_T, rank, 0, messages, &request);
  await(&request);
  for (int64_t sent = 0; sent < count; sent += part) {
    int size = (int)(count - sent < part ? count - sent : part);
    MPI_Isend((const char *)bytes + sent, size, MPI_BYTE, rank, 1, messages, &request);
    await(&request);
  }
}

int64_t fledge_mpi_await(int rank) {
  int64_t count;
  MPI_Request request;
  MPI_Irecv(&count, 1, MPI_INT64_T, rank, 0, messages, &request);
  await(&request);
  return count;
}

void fledge_mpi_receive(void *bytes, int64_t count, int rank) {
  MPI_Request request;
  for (int64_t received = 0; received < count; received += part) {
    int size = (int)(count - received < part ? count - received : part);
    MPI_Irecv((char *)bytes + received, size, MPI_BYTE, rank, 1, messages, &request);
    await(&request);
  }
}

void fledge_mpi_end(void) {
  // Nobody stops beating before all have arrived here.
  MPI_Request request;
  MPI_Ibarrier(messages, &request);
  await(&request);
  atomic_store(&is_ending, 1);
  if (rank_count > 1) pthread_join(heart, NULL);
  MPI_Finalize();
}

#else

/// A file of C has to declare something.
typedef int fledge_without_mpi;

#endif
