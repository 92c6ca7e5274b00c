// The Philox and Box-Muller kernels for one vector width. random.c includes this file once a
// width, after defining LANES, TARGET, NAME(x) and the permutations. Every kernel writes the 4 * LANES words or draws of the blocks that start at `block`.

typedef uint32_t NAME(u32) __attribute__((vector_size(4 * LANES)));
typedef int32_t NAME(i32) __attribute__((vector_size(4 * LANES)));
typedef uint64_t NAME(u64) __attribute__((vector_size(4 * LANES)));
typedef float NAME(f32) __attribute__((vector_size(4 * LANES)));

typedef struct {
  NAME(u32) word[4];
} NAME(blocks);

/// The high and the low halves of the 32 x 32 bit products of each lane.
TARGET static inline void NAME(multiply)(
    NAME(u32) x, uint32_t factor, NAME(u32) * high, NAME(u32) * low) {
  const uint64_t mask = 0xffffffffu;
  NAME(u64) even = ((NAME(u64))x & mask) * (uint64_t)factor;
  NAME(u64) odd = ((NAME(u64))x >> 32) * (uint64_t)factor;
  *low = (NAME(u32))((even & mask) | (odd << 32));
  *high = (NAME(u32))((even >> 32) | (odd & ~mask));
}

TARGET static inline NAME(blocks) NAME(philox)(fledge_philox_stream stream, uint64_t block) {
  NAME(u32) c0, c1;
  for (int lane = 0; lane < LANES; lane++) {
    c0[lane] = (uint32_t)(block + (uint64_t)lane);
    c1[lane] = (uint32_t)((block + (uint64_t)lane) >> 32);
  }
  NAME(u32) c2 = (NAME(u32)){0} + (uint32_t)stream.upper_counter;
  NAME(u32) c3 = (NAME(u32)){0} + (uint32_t)(stream.upper_counter >> 32);
  uint32_t k0 = (uint32_t)stream.key, k1 = (uint32_t)(stream.key >> 32);
  for (int round = 0; round < PHILOX_ROUNDS; round++) {
    NAME(u32) high0, low0, high1, low1;
    NAME(multiply)(c0, PHILOX_MULTIPLIER_0, &high0, &low0);
    NAME(multiply)(c2, PHILOX_MULTIPLIER_1, &high1, &low1);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 += PHILOX_WEYL_0;
    k1 += PHILOX_WEYL_1;
  }
  return (NAME(blocks)){{c0, c1, c2, c3}};
}

/// Stores lane 0 of a, b, c, d, then lane 1 of each, and so on: the order of the stream.
TARGET static inline void NAME(store)(
    float *values, NAME(f32) a, NAME(f32) b, NAME(f32) c, NAME(f32) d) {
  __typeof__(INTERLEAVE(a, b)) ab = INTERLEAVE(a, b), cd = INTERLEAVE(c, d);
  __typeof__(INTERLEAVE_PAIRS(ab, cd)) all = INTERLEAVE_PAIRS(ab, cd);
  memcpy(values, &all, sizeof all);
}

TARGET static void NAME(uniform)(
    fledge_philox_stream stream, uint64_t block, float low, float high, float *values) {
  NAME(blocks) b = NAME(philox)(stream, block);
  NAME(f32) u[4], bound = (NAME(f32)){0} + high;
  for (int i = 0; i < 4; i++) {
    NAME(i32) bits = (NAME(i32))(b.word[i] >> 8);
    u[i] = low + (high - low) * (__builtin_convertvector(bits, NAME(f32)) * 0x1p-24f);
    u[i] = __builtin_elementwise_min(u[i], bound);
  }
  NAME(store)(values, u[0], u[1], u[2], u[3]);
}

/// The natural logarithm of u in [2^-32, 1], to 1e-7: u = 2^e m with m in [sqrt(1/2), sqrt(2)),
/// and a polynomial in m - 1 (Cephes, logf).
TARGET static inline NAME(f32) NAME(log)(NAME(f32) u) {
  const int32_t root_half = 0x3f3504f3;
  NAME(i32) bits = (NAME(i32))u;
  NAME(i32) exponent = (bits - root_half) >> 23;
  NAME(f32) e = __builtin_convertvector(exponent, NAME(f32));
  NAME(f32) x = (NAME(f32))(bits - (exponent << 23)) - 1.0f;
  NAME(f32) z = x * x;
  NAME(f32) y = 7.0376836292e-2f * x - 1.1514610310e-1f;
  y = y * x + 1.1676998740e-1f;
  y = y * x - 1.2420140846e-1f;
  y = y * x + 1.4249322787e-1f;
  y = y * x - 1.6668057665e-1f;
  y = y * x + 2.0000714765e-1f;
  y = y * x - 2.4999993993e-1f;
  y = y * x + 3.3333331174e-1f;
  y = y * x * z - 2.12194440e-4f * e - 0.5f * z;
  return x + y + 0.693359375f * e;
}

/// Sine and cosine of pi w / 2^31 for a signed word w, to 1e-7: the nearest quarter turn is taken
/// off exactly, in integers, and the rest is a polynomial on [-pi/4, pi/4] (Cephes, sinf, cosf).
TARGET static inline void NAME(sincos)(NAME(u32) word, NAME(f32) * sine, NAME(f32) * cosine) {
  NAME(u32) quarter = (word + 0x20000000u) >> 30;
  NAME(i32) rest = (NAME(i32))(word - (quarter << 30));
  NAME(f32) x = __builtin_convertvector(rest, NAME(f32)) * (3.14159265358979f * 0x1p-31f);
  NAME(f32) z = x * x;
  NAME(f32) s = -1.9515295891e-4f * z + 8.3321608736e-3f;
  s = (s * z - 1.6666654611e-1f) * z * x + x;
  NAME(f32) c = 2.443315711809948e-5f * z - 1.388731625493765e-3f;
  c = (c * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
  NAME(u32) swap = -(quarter & 1), s_bits = (NAME(u32))s, c_bits = (NAME(u32))c;
  NAME(u32) sine_bits = (s_bits & ~swap) | (c_bits & swap);
  NAME(u32) cosine_bits = (c_bits & ~swap) | (s_bits & swap);
  *sine = (NAME(f32))(sine_bits ^ ((quarter & 2) << 30));
  *cosine = (NAME(f32))(cosine_bits ^ (((quarter + 1) & 2) << 30));
}

TARGET static void NAME(normal)(fledge_philox_stream stream, uint64_t block, float *values) {
  NAME(blocks) b = NAME(philox)(stream, block);
  NAME(f32) z[4];
  for (int i = 0; i < 4; i += 2) {
    NAME(i32) bits = (NAME(i32))(b.word[i] >> 1);
    NAME(f32) u = __builtin_convertvector(bits, NAME(f32)) * 0x1p-31f + 0x1p-32f;
    NAME(f32) radius = __builtin_elementwise_sqrt(-2.0f * NAME(log)(u));
    NAME(f32) sine, cosine;
    NAME(sincos)(b.word[i + 1], &sine, &cosine);
    z[i] = radius * cosine;
    z[i + 1] = radius * sine;
  }
  NAME(store)(values, z[0], z[1], z[2], z[3]);
}
