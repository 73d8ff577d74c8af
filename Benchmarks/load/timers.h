/* A binary heap of timers. The timer is a member of what it belongs to. */
#ifndef TIMERS_H
#define TIMERS_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t due;
  size_t place; /* 1 and up while it is set */
} Timer;

typedef struct {
  Timer **entries; /* from 1 */
  size_t count, capacity;
} Timers;

/* Sets `timer`, or moves it when it is set. */
void timers_set(Timers *timers, Timer *timer, uint64_t due);
void timers_cancel(Timers *timers, Timer *timer);
/* The timer that is due first; NULL when none is set. */
static inline Timer *timers_first(const Timers *timers) { return timers->count ? timers->entries[1] : NULL; }

#endif
