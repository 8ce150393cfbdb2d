// One object of each kind that C has, for expressions to be asked about: see test/adapter/symbols/expressions.
#include "bare.h"
#include "values.h"

struct point {
  int x, y;
};

struct flags {
  unsigned int low : 3;
  signed int middle : 5;
  unsigned int high : 24;
  unsigned long wide : 40;
  _Bool yes : 1;
};

enum colour { RED, GREEN = 5, BLUE };
enum permissions { READ = 1, WRITE = 2, EXECUTE = 4 };
enum balance { DEBIT = -1, NEUTRAL, CREDIT };

union number {
  unsigned int word;
  float single;
  unsigned char bytes[4];
};

struct outer {
  char name[16];
  struct point corner;
  union {
    long as_long;
    struct {
      short low, high;
    };
  };
  struct point corners[3];
  const char *label;
  struct outer *next;
  int (*operation)(int, int);
  enum colour colour;
};

struct list_head {
  struct list_head *next, *prev;
};

struct item {
  int key;
  struct list_head link;
  struct point where;
};

struct message {
  unsigned short length;
  unsigned char body[];
};

typedef struct {
  int counter;
} atomic_t;
typedef unsigned int u32_alias;
typedef const struct point *point_pointer;

static int add(int a, int b) { return a + b; }
static int subtract(int a, int b) { return a - b; }

struct list_head items = {&items, &items};
struct item first_item = {1, {0, 0}, {10, 11}};
struct item second_item = {2, {0, 0}, {20, 21}};
struct outer root = {
    .name = "root", .corner = {3, -4}, .as_long = 0x1122334455667788, .corners = {{1, 2}, {3, 4}, {5, 6}},
    .label = "a label\n", .operation = add, .colour = GREEN,
};
struct outer leaf = {.name = "leaf", .next = 0, .operation = subtract, .colour = BLUE};
struct flags flags = {5, -3, 0xabcdef, 0x12345678ab, 1};
union number number = {.single = 1.5f};
int matrix[3][4] = {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}};
int vector[10] = {0, 1, 4, 9, 16, 25, 36, 49, 64, 81};
unsigned char bytes[8] = {0, 1, 127, 128, 255, 65, 66, 67};
char text[] = "hello, world";
const char *words[3] = {"zero", "one", "two"};
int (*operations[2])(int, int) = {add, subtract};
double ratio = 2.5;
float single = 0.1f;
long double extended = 1.25L;
_Bool truth = 1;
signed char tiny = -5;
unsigned char small = 250;
short negative = -300;
unsigned short positive = 65000;
long large = -0x123456789abcdefL;
unsigned long huge = 0xfedcba9876543210UL;
unsigned int word = 0xdeadbeef;
int zero;
void *anything = &root;
struct outer *nothing;
atomic_t atomic = {42};
u32_alias alias = 77;
enum permissions allowed = READ | EXECUTE;
enum balance owed = DEBIT;
struct {
  int unnamed;
} anonymous = {9};
static long same_name = 100;
volatile const int constant = 12;

__attribute__((noinline)) static void stop_here(void) { __asm__ volatile(""); }

static int counting(void) {
  static int calls = 7;
  return ++calls;
}

static void show(int argument, struct outer *object, point_pointer place) {
  int local = argument * 2;
  long total = 1;
  unsigned int unsigned_local = 3000000000u;
  int shadowed = 1;
  int sizes[argument];
  struct point here = {place->x + 1, place->y + 1};
  char letter = 'q';
  int *pointer = &vector[3];
  int **indirect = &pointer;
  char *words_pointer = text + 7;
  double real = ratio * 2;
  for (int i = 0; i < argument; i++)
    sizes[i] = i * i;
  {
    int shadowed = 2;
    total += shadowed;
    stop_here();
    total += sizes[1] + here.x + letter + **indirect + *words_pointer + (int)real + unsigned_local + local;
  }
  total += shadowed + object->corner.x;
  (void)total;
}

u64 run(void) {
  struct point place = {30, 40};
  items.next = &first_item.link;
  first_item.link.next = &second_item.link;
  second_item.link.next = &items;
  items.prev = &second_item.link;
  second_item.link.prev = &first_item.link;
  first_item.link.prev = &items;
  root.next = &leaf;
  show(4, &root, &place);
  counting();
  return (u64)same_name + other_file();
}
