// The sizes that matter to hardware.
#pragma once

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;
typedef _Bool bool;

#define true 1
#define false 0
#define NULL ((void *)0)
