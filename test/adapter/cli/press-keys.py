"""Runs a program in a terminal and presses keys: press-keys.py TEXT KEYS ... -- PROGRAM ARGUMENTS ...

KEYS (hexadecimal) are pressed once the terminal shows TEXT (hexadecimal too). Prints what the terminal showed, and ends with the
program's exit code.
"""

import os
import pty
import sys

arguments = sys.argv[1:]
border = arguments.index('--')
script = [bytes.fromhex(word) for word in arguments[:border]]
program = arguments[border + 1 :]

child, terminal = pty.fork()
if child == 0:
    os.execvp(program[0], program)


def read():
    """What the terminal shows next; empty once the program has ended, which Linux reports as an error."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b''


shown = b''
for text, keys in zip(script[::2], script[1::2]):
    while text not in shown:
        more = read()
        if not more:
            sys.exit(f'the program ended before it showed {text!r}, after {shown!r}')
        shown += more
    os.write(terminal, keys)
while more := read():
    shown += more
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(status))
