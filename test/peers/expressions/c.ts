/** Expressions about test/guests/values, asked in `show`. One a line; empty lines and what follows `//` are left out. */
export const C_EXPRESSIONS = `
argument
local
total
unsigned_local
shadowed
here
here.x
here.y + here.x
letter
pointer
*pointer
**indirect
*indirect
indirect
words_pointer
*words_pointer
real
real / 3
object
*object
object->name
object->corner
object->corner.x
object->corner.y
(*object).corner.y
object->next
object->next->name
object->next->colour
object->next->next
object->operation
object->next->operation
*object->operation
object->label
object->as_long
object->low
object->high
object->corners
object->corners[1]
object->corners[2].y
&object->corners[1]
&object->corners[1].y
&object->corner
place
*place
place->x * place->y
sizes
sizes[3]
sizeof(sizes)
sizeof sizes / sizeof sizes[0]

root
root.name
root.name[0]
root.corner.x
root.corners
root.corners[0].x + root.corners[1].y
root.colour
root.operation
root.label[2]
root.as_long
root.low
&root
&root.corner
&root.corners[2]
*&root.corner
leaf.colour
leaf.next
flags
flags.low
flags.middle
flags.high
flags.wide
flags.yes
flags.middle * 2
flags.wide + 1
flags.middle < 0
number
number.word
number.single
number.bytes
number.bytes[3]
matrix
matrix[1]
matrix[2][3]
&matrix[1]
*matrix
**matrix
matrix[1] + 1
*(matrix[1] + 2)
&matrix[1][2] - &matrix[0][0]
vector
vector[5]
vector + 2
*(vector + 2)
&vector
&vector[4]
&vector[4] - vector
3[vector]
vector[2]@4
*vector@3
*pointer@3
pointer[1]
pointer[-1]
*(pointer - 2)
pointer - vector
pointer == &vector[3]
pointer > vector
pointer + 1
bytes
bytes[3]
bytes[4] + 1
text
text[0]
&text
text + 7
sizeof(text)
words
words[1]
words[2][1]
operations
operations[0]
*operations[1]
operations[0] == add
add
&add
*add
subtract
run
main_does_not_exist
ratio
ratio * 2
ratio + 1
-ratio
ratio / 0
(int)ratio
single
single + 1
single * 3
single == 0.1f
single < 0.2
extended
extended * 2
truth
!truth
truth + 1
tiny
tiny + 1
small
small + 10
negative
negative * 2
positive
positive + 1000
large
large * 2
large - 1
huge
huge + 1
huge >> 4
huge & 0xff
huge / 3
huge % 10
word
word + 1
word << 4
word >> 28
word * 16
(long)word * 16
~word
-word
zero
zero - 1
!zero
~zero
anything
(struct outer *)anything
*(struct outer *)anything
((struct outer *)anything)->corner
((struct outer *)anything)->corners[1].x
nothing
&nothing->corner
nothing == 0
nothing->corner
atomic
atomic.counter
alias
alias + 1
allowed
allowed | 2
allowed & 1
(enum permissions)3
(enum permissions)6
(enum permissions)8
owed
owed + 1
(enum balance)1
RED
GREEN
BLUE + 1
BLUE
GREEN == 5
root.colour == GREEN
CREDIT
DEBIT
READ | WRITE
anonymous
anonymous.unnamed
same_name
'values/other.c'::same_name
'other.c'::only_here
only_here
other_file
constant
constant + 1
counting::calls
other_file::calls
first_item
first_item.link
first_item.link.next
*first_item.link.next
items.next->next
items.next == &first_item.link
first_item.where.x

(char *)&root
(struct outer *)0
(void *)&vector
(long)&vector
(unsigned long)&vector + 4
*(int *)((char *)vector + 4)
*(short *)&word
*(unsigned char *)&word
(short)word
(long)pointer == (long)&vector[3]
*(int (*)[4])matrix
*(long *)vector
(struct point *)vector
*(struct point *)vector
((struct point *)vector)[1]
((struct point *)vector)[1].y
(u64)5
(u8)300
(u32_alias)-1
(point_pointer)&root.corner
(atomic_t *)&vector
sizeof(int)
sizeof(long)
sizeof(char)
sizeof(void *)
sizeof(struct outer)
sizeof(struct point)
sizeof(struct flags)
sizeof(union number)
sizeof(enum colour)
sizeof(atomic_t)
sizeof(u64)
sizeof(int[3])
sizeof(struct outer *)
sizeof root
sizeof root.name
sizeof matrix
sizeof matrix[0]
sizeof *pointer
sizeof(root.corners) / sizeof(root.corners[0])
_Alignof(long)
alignof(int)
_Alignof(struct point)
_Alignof(struct outer)
(long)&((struct item *)0)->link
(unsigned long)&((struct outer *)0)->corners[1].y
&((struct item *)0)->where
(struct item *)((char *)items.next - 8)
*(struct item *)((char *)items.next - 8)
((struct item *)((char *)items.next - 8))->where.x
*(point_pointer)&root.corner
&*pointer
*&vector[2]
&vector[1] < &vector[2]
!pointer
!nothing
pointer && nothing
pointer ? 1 : 2
nothing ? 1 : 2
root.name + 1
*root.name
*(root.name + 1)
(long)root.name == (long)&root
root.corner.x + root.corner.y * 2
-root.corner.y
root.corner.y >> 1
root.corner.x << 2
root.corners[root.corner.x - 1].x
matrix[vector[1]][vector[1] + 1]
vector[vector[2]]
words[vector[1]]
*words[0]
*words
operations[vector[1]]
number.word >> 23
number.word & 0x7fffff
(long)number.single
number.single * 2
bytes[2] + bytes[3]
bytes[3] << 1
(signed char)bytes[3]
small + small
tiny * tiny
tiny & 0xff
(unsigned char)tiny
positive * positive
negative >> 1
large >> 8
(unsigned long)large >> 60
huge > 5
large < 5
large < 5ul
word == 0xdeadbeef
word == -559038737
word > 0
flags.low + 1
flags.high >> 8
flags.low == 5
truth && zero
truth == 1
truth ? root.corner.x : root.corner.y
allowed == (READ | EXECUTE)
container_of(items.next, struct item, link)
container_of(items.next, struct item, link)->key
*container_of(items.next->next, struct item, link)
$sp == (long)$sp
$pc
(long)$zero
(long)$a0 == $a0
(long)$sp % 16
(int)$zero + 5
missing
root.missing
root->corner
vector.x
1 +
(1
vector[
ratio % 2
ratio & 1
root + 1
&5
&1
*5.0
(struct nothing_such)1
1 2
`;

/** The same with the macros of values.h. */
export const C_MACRO_EXPRESSIONS = `
LIMIT
LIMIT + 1
TWICE(3)
TWICE(vector[2])
MAXIMUM(3, 4)
MAXIMUM(root.corner.x, here.x)
NAMED(first)
NAMED(second).key
NESTED
SUM(1, 2, 3)
FIELD(root)
FIELD(leaf)
`;

/** What to ask, in order. */
export function expressionsOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/ *\/\/.*$/, ''))
    .filter((line) => line !== '');
}
