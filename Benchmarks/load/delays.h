/* Distributions of delays. */
#ifndef DELAYS_H
#define DELAYS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  enum { DELAY_FIXED, DELAY_EXPONENTIAL, DELAY_UNIFORM, DELAY_LOGNORMAL } shape;
  double first, second; /* milliseconds; the second of a lognormal is its sigma */
} Delay;

/* Reads MS, exp:MEAN, uniform:LOW,HIGH or lognormal:MEDIAN,SIGMA; ends the program on anything else. */
Delay delay_parse(const char *option, const char *text);
bool delay_is_zero(Delay delay);
/* One draw, in nanoseconds. */
uint64_t delay_draw(Delay delay, uint64_t *random);

#endif
