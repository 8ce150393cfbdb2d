// What this kernel does all day.
#include "kernel.h"

static volatile u64 jobs_done;
static volatile u64 primes_found;

// Thinks a little, sleeps a tick, and is gone.
static void job(void *argument) {
  u64 value = (u64)argument;
  for (u32 i = 0; i < 100; i++)
    value = value * 6364136223846793005UL + 1442695040888963407UL;
  sleep_ticks(1);
  jobs_done += 1;
}

// A job every tick.
static void dispatcher(void *argument) {
  (void)argument;
  for (u64 number = 1;; number++) {
    task_start("job", INTERACTIVE, job, (void *)number);
    sleep_ticks(1);
  }
}

// A line of news every now and then.
static void reporter(void *argument) {
  (void)argument;
  for (;;) {
    sleep_ticks(50);
    print("tick %u: %u jobs done, %u primes found, %u pages free\n", ticks, jobs_done, primes_found, pages_free());
  }
}

// Takes a sample each tick and sums up all there are, so its rounds grow longer by and by. It begins with a history, so
// that a round soon takes a whole tick: from an empty one that would be two seconds away, and the recording long.
#define HISTORY 22936
#define MOST_SAMPLES 32768
static u32 samples[MOST_SAMPLES];
static volatile u32 sum_of_samples;

static u32 sum(const u32 *from, const u32 *to) {
  u32 total = 0;
  for (const u32 *value = from; value < to; value++)
    total += *value;
  return total;
}

static void sampler(void *argument) {
  (void)argument;
  for (u32 count = HISTORY; count < MOST_SAMPLES; count++) {
    samples[count] = (u32)read_csr(time);
    sum_of_samples = sum(samples, samples + count + 1);
    sleep_ticks(1);
  }
}

// What there is to do when there is nothing to do.
static void prime_finder(void *argument) {
  (void)argument;
  for (u64 candidate = 3;; candidate += 2) {
    u64 divisor = 3;
    while (divisor * divisor <= candidate && candidate % divisor)
      divisor += 2;
    if (divisor * divisor > candidate)
      primes_found += 1;
  }
}

_Noreturn void kernel_main(void) {
  pages_init();
  paging_init();
  traps_init();
  print("demo kernel: %u pages free\n", pages_free());
  task_start("dispatcher", INTERACTIVE, dispatcher, NULL);
  task_start("reporter", INTERACTIVE, reporter, NULL);
  task_start("sampler", NORMAL, sampler, NULL);
  task_start("prime finder", BACKGROUND, prime_finder, NULL);
  timer_init();
  tasks_run();
}
