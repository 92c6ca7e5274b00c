#ifndef CNUMERICS_RANDOM_H
#define CNUMERICS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/// The name of one random sequence: a Philox key and the upper half of its counter.
typedef struct {
  uint64_t key;
  uint64_t upper_counter;
} fledge_philox_stream;

// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
// SC 2011). Block b of a stream is Philox4x32-10 of the counter (b, upper_counter), as four words;
// word p of the stream is word p % 4 of block p / 4. Every function below maps a word position to
// a value, so a fill may be cut anywhere without changing a bit:
//
//   uniform(p) = low + (high - low) * (word(p) / 2^32), the top 24 bits of the word in float
//   normal(p)  = Box-Muller of the words of the pair p / 2: cosine at even p, sine at odd p
//
// The float kernels are exact sequences of IEEE operations without fused multiply-adds, so the
// vector unit of the machine chooses the speed, never the result.

/// Writes uniform draws for `count` word positions from `position` on, each in [low, high].
void fledge_philox_uniform_f32(
    fledge_philox_stream stream, uint64_t position, float low, float high, float *values,
    size_t count);

/// As `fledge_philox_uniform_f32`, from all 32 bits of the same words.
void fledge_philox_uniform_f64(
    fledge_philox_stream stream, uint64_t position, double low, double high, double *values,
    size_t count);

/// Writes standard normal draws for `count` word positions from `position` on.
void fledge_philox_normal_f32(
    fledge_philox_stream stream, uint64_t position, float *values, size_t count);

/// As `fledge_philox_normal_f32` on the same words: equal to it up to rounding.
void fledge_philox_normal_f64(
    fledge_philox_stream stream, uint64_t position, double *values, size_t count);

#endif
