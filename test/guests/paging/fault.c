#define FENCE_AFTER_MAPPING 0
#include "faults.h"
