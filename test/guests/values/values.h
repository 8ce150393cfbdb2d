// Macros for expressions to use, and what the other file has.
#pragma once

#define LIMIT 16
#define TWICE(x) ((x) * 2)
#define MAXIMUM(a, b) ((a) > (b) ? (a) : (b))
#define NAMED(which) which##_item
#define NESTED TWICE(LIMIT + 1)
#define SUM(first, ...) ((first) + MAXIMUM(__VA_ARGS__))
#define FIELD(object) (object).corner.x
#define container_of(pointer, type, member) ((type *)((char *)(pointer) - __builtin_offsetof(type, member)))

int other_file(void);
