#define FENCE_AFTER_MAPPING 1
#include "faults.h"
