/** Expressions about test/guests/calls, asked in `forget` where it calls `stop_here`. One a line. */
export const ENTRY_EXPRESSIONS = `
count@entry
letter@entry
label@entry
*label@entry
label@entry[1]
wide@entry
wide@entry + count@entry * 2
pair@entry
pair@entry.second
large@entry
seventh@entry
eighth@entry
ninth@entry
count @ entry
(count@entry)
-count@entry
(char)letter@entry
count@entry == 42 && wide@entry > 80
count@entry ? wide@entry : 0l
seen + count@entry
&count@entry
sum@entry
seen@entry
nosuch@entry
forget@entry
5@entry
count@entries
count@entry@entry
`;

/** In `halve`. */
export const FLOAT_ENTRY_EXPRESSIONS = `
number@entry
single@entry
times@entry
number@entry / times@entry
`;
