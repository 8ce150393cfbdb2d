/** Expressions about test/guests/rust/values.rs, asked in `run`. One a line. */
export const RUST_EXPRESSIONS = `
point.x
point.y
point.x + point.y
&point.x
empty
circle
line
some
none
reference
pair.0
pair.1
pair.1 + 1
numbers
numbers[1]
slice.length
slice[1]
text.length
byte
byte as u32
byte as i8
point.y as u32
truth
inner::LEVEL
values::inner::LEVEL
point.x == 3
point.y < 0
5u8
7
1 + 2 * 3
sizeof(point)
missing
point.z
`;
