// The serial line: a 16550 whose transmitter is always ready enough to be polled.
#include <stdarg.h>
#include "kernel.h"

#define THR ((volatile u8 *)UART)
#define LSR ((volatile u8 *)UART + 5)
#define LSR_THR_EMPTY 0x20

static void put(char c) {
  while (!(*LSR & LSR_THR_EMPTY)) {
  }
  *THR = (u8)c;
}

static void put_text(const char *text) {
  while (*text)
    put(*text++);
}

static void put_number(u64 value, u32 base, u32 width) {
  char digits[20];
  u32 count = 0;
  do {
    digits[count++] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value || count < width);
  while (count)
    put(digits[--count]);
}

// %s text, %u unsigned decimal, %x hexadecimal, %p a 64-bit value in full. Lines of different tasks do not mix.
void print(const char *format, ...) {
  u64 before = interrupts_off();
  va_list arguments;
  va_start(arguments, format);
  for (const char *c = format; *c; c++) {
    if (*c != '%') {
      put(*c);
      continue;
    }
    switch (*++c) {
    case 's':
      put_text(va_arg(arguments, const char *));
      break;
    case 'u':
      put_number(va_arg(arguments, u64), 10, 1);
      break;
    case 'x':
      put_number(va_arg(arguments, u64), 16, 1);
      break;
    case 'p':
      put_number(va_arg(arguments, u64), 16, 16);
      break;
    }
  }
  va_end(arguments);
  interrupts_restore(before);
}
