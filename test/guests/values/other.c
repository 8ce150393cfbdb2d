// Has a static variable of the same name as one of values.c.
#include "values.h"

static long same_name = 200;
static long only_here = 300;

int other_file(void) {
  static int calls = 11;
  calls++;
  return (int)(same_name + only_here) + calls;
}
