/** Literals, operators and conversions, which ask little of a program. One expression a line. */
export const ARITHMETIC = `
1
-1
0x10
0x7fffffff
0x80000000
0xffffffff
0xffffffff + 1
2147483647
2147483648
4294967295
4294967296
0x7fffffffffffffff
0xffffffffffffffff
010
5u
5l
5ul
5ull
1.5
1.5f
1e3
.5
'a'
'\\n'
'\\0'
'\\x41'
'\\101'
"abc"
sizeof("abc")
1 + 2 * 3
(1 + 2) * 3
10 - 2 - 3
7 / 2
-7 / 2
7 % 3
-7 % 3
7 / -2
7u / 2
-7 / 2u
1 << 4
1 << 31
1 << 4 | 1
256 >> 4
-256 >> 4
6 & 3
6 ^ 3
6 | 3
6 & 3 ^ 1
~0
~0u
!5
!!5
- -5
+5
1 < 2
1 > 2
1 <= 1
1 >= 2
1 == 1
1 != 1
-1 < 1u
-1 < 1
1 && 0
1 || 0
1 && 2
0 || 0
1 ? 2 : 3
0 ? 2 : 3
1, 2
2147483647 + 1
2147483647u + 1
4294967295u + 1
100000 * 100000
100000l * 100000
1 / 2.0
1.0f / 3
1 / 0
5 % 0
1.5 + 1
1.5 * 2l
'a' + 1
'b' - 'a'
(char)65
(char)321
(signed char)200
(unsigned char)-1
(short)70000
(unsigned short)-1
(int)3000000000
(unsigned)-1
(unsigned int)-1
(long)-1
(unsigned long)-1
(unsigned long long)5
(long long)-5
(long int)7
(long unsigned int)7
(unsigned)ratio
(float)1
(double)1
(float)1/3
(double)1/3
(int)1.9
(int)-1.9
`;
