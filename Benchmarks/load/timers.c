#include "timers.h"

#include "common.h"

static void put(Timers *timers, Timer *timer, size_t place) {
  timers->entries[place] = timer;
  timer->place = place;
}

/* Moves `timer` from the free `place` to where it belongs. */
static void settle(Timers *timers, Timer *timer, size_t place) {
  while (place > 1 && timers->entries[place / 2]->due > timer->due) {
    put(timers, timers->entries[place / 2], place);
    place /= 2;
  }
  for (size_t child; (child = 2 * place) <= timers->count; place = child) {
    if (child < timers->count && timers->entries[child + 1]->due < timers->entries[child]->due) child++;
    if (timers->entries[child]->due >= timer->due) break;
    put(timers, timers->entries[child], place);
  }
  put(timers, timer, place);
}

void timers_set(Timers *timers, Timer *timer, uint64_t due) {
  timer->due = due;
  if (!timer->place) {
    if (timers->count + 1 >= timers->capacity) {
      timers->capacity = timers->capacity ? 2 * timers->capacity : 1024;
      timers->entries = grow(timers->entries, timers->capacity * sizeof *timers->entries);
    }
    timer->place = ++timers->count;
  }
  settle(timers, timer, timer->place);
}

void timers_cancel(Timers *timers, Timer *timer) {
  size_t place = timer->place;
  if (!place) return;
  timer->place = 0;
  Timer *last = timers->entries[timers->count--];
  if (last != timer) settle(timers, last, place);
}
