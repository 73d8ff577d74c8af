#include "delays.h"

#include <math.h>

#include "common.h"

Delay delay_parse(const char *option, const char *text) {
  static const struct {
    const char *prefix;
    int shape, numbers;
  } forms[] = {{"exp:", DELAY_EXPONENTIAL, 1}, {"uniform:", DELAY_UNIFORM, 2}, {"lognormal:", DELAY_LOGNORMAL, 2}};
  Delay delay = {DELAY_FIXED, 0, 0};
  int numbers = 1;
  const char *rest = text;
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    size_t length = strlen(forms[i].prefix);
    if (strncmp(text, forms[i].prefix, length)) continue;
    delay.shape = forms[i].shape;
    numbers = forms[i].numbers;
    rest = text + length;
  }
  char *end;
  delay.first = strtod(rest, &end);
  if (end != rest && numbers == 2 && *end == ',') {
    rest = end + 1;
    delay.second = strtod(rest, &end);
    numbers = 1;
  }
  if (end == rest || *end || numbers != 1 || delay.first < 0 || delay.second < 0)
    die("%s %s: give MS, exp:MEAN, uniform:LOW,HIGH or lognormal:MEDIAN,SIGMA", option, text);
  return delay;
}

bool delay_is_zero(Delay delay) { return delay.shape == DELAY_FIXED && delay.first == 0; }

uint64_t delay_draw(Delay delay, uint64_t *random) {
  double value = delay.first;
  switch (delay.shape) {
    case DELAY_FIXED: break;
    case DELAY_EXPONENTIAL: value *= -log(uniform(random)); break;
    case DELAY_UNIFORM: value += (delay.second - delay.first) * uniform(random); break;
    case DELAY_LOGNORMAL: {
      double radius = sqrt(-2 * log(uniform(random)));
      value *= exp(delay.second * radius * cos(2 * M_PI * uniform(random)));
    }
  }
  return (uint64_t)(value * 1e6);
}
