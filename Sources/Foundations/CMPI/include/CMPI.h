/// The little of MPI that processes need to tell each other bytes: begin, send, receive, end.
///
/// Without the package's trait MPI nothing of it is compiled, and no process is ever one of several.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Joins the processes that were started together. From then on each lets the others know that it is there; who hears
/// nothing of another for `silence` seconds ends with a line that names it, and with `code`.
void fledge_mpi_begin(int silence, int code);

/// The library that was built with, and its version.
const char *fledge_mpi_version(void);

/// This process's number, from 0.
int fledge_mpi_rank(void);

/// How many processes there are.
int fledge_mpi_count(void);

/// How many of the processes are on this machine, and how many processors any of these may run on.
void fledge_mpi_machine(int *processes, int *processors);

/// Hands bytes to another process; returns when they may change.
void fledge_mpi_send(const void *bytes, int64_t count, int rank);

/// Waits for the next bytes of another process.
///
/// Returns how many there are; `fledge_mpi_receive` takes them.
int64_t fledge_mpi_await(int rank);

/// Takes the bytes that `fledge_mpi_await` has found.
void fledge_mpi_receive(void *bytes, int64_t count, int rank);

/// Leaves the other processes; each of them has to.
void fledge_mpi_end(void);

#ifdef __cplusplus
}
#endif
