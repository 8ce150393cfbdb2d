# Run inside gdb, connected to `retrograde gdb`: goes to each moment that the file MOMENTS lists, as a stop, and writes a
# line of JSON with the stack there to the file STACKS: frames, their variables, and the bits of these.

import json
import os
import re
import struct

import gdb

DEEPEST_FRAME = 48
DEEPEST_PART = 3
MOST_ELEMENTS = 4
MOST_PARTS = 120

KINDS = {gdb.NORMAL_FRAME: "normal", gdb.INLINE_FRAME: "inlined", gdb.TAILCALL_FRAME: "tail-call",
         gdb.SIGTRAMP_FRAME: "trap"}
SCALARS = (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_CHAR, gdb.TYPE_CODE_BOOL, gdb.TYPE_CODE_ENUM, gdb.TYPE_CODE_PTR,
           gdb.TYPE_CODE_REF)
RECORDS = (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION)


def why_not(error):
    text = str(error)
    return "memory" if "memory" in text.lower() else text


def scalar(value, kind, bits):
    """The bits of a scalar as a number, or None for a kind that gdb's Python does not give the bits of."""
    if kind.code == gdb.TYPE_CODE_FLT:
        if kind.sizeof not in (4, 8):
            return None
        return "0x" + struct.pack(">f" if kind.sizeof == 4 else ">d", float(value)).hex().lstrip("0").rjust(1, "0")
    return hex(int(value) & ((1 << bits) - 1))


def parts(value, path, depth, found, bits=None):
    """Adds [path, bits or reason] of a value's scalars to `found`."""
    if len(found) >= MOST_PARTS:
        return
    try:
        kind = value.type.strip_typedefs()
        # Rust's () has no bits.
        if kind.sizeof == 0 and kind.code in SCALARS:
            return
        if kind.code in RECORDS:
            if depth == DEEPEST_PART:
                return
            for field in kind.fields():
                if not hasattr(field, "bitpos") or field.artificial:
                    continue
                if is_other_variant(value, kind, field):
                    continue
                size = field.bitsize if field.bitsize else None
                parts(value[field], path + "." + (field.name or ""), depth + 1, found, size)
            return
        if kind.code == gdb.TYPE_CODE_ARRAY:
            if depth == DEEPEST_PART:
                return
            # Of an array whose length is not told, such as a flexible member, gdb's Python says that it has one element.
            if str(kind).endswith("[]"):
                return
            low, high = kind.range()
            for index in range(low, min(high + 1, low + MOST_ELEMENTS)):
                parts(value[index], path + "[%d]" % (index - low), depth + 1, found)
            return
        if value.is_optimized_out:
            found.append([path, "optimized out"])
        elif kind.code == gdb.TYPE_CODE_PTR and "synthetic pointer" in value.format_string(format="x"):
            found.append([path, "synthetic pointer"])
        elif kind.code in SCALARS or kind.code == gdb.TYPE_CODE_FLT:
            bits = scalar(value, kind, bits or kind.sizeof * 8)
            if bits is not None:
                found.append([path, bits])
    except gdb.MemoryError:
        found.append([path, "memory"])
    except (gdb.error, OverflowError, ValueError) as error:
        found.append([path, why_not(error)])


def is_other_variant(value, kind, field):
    """Whether a field is a variant of a Rust enum that the value is not: gdb's Python gives all of them."""
    if field.name is None or not str(field.type).startswith(str(kind) + "::"):
        return False
    # gdb 13 fails an assertion when it prints one that is not in memory.
    if value.address is None:
        return True
    shown = value.format_string(max_depth=1)
    return not re.match(re.escape(str(kind)) + "::" + re.escape(field.name) + "\\b", shown)


bodies = {}


def body(kind):
    """What a record or enumeration holds, once for each."""
    try:
        kind = kind.strip_typedefs()
        while kind.code in (gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_ARRAY):
            kind = kind.target().strip_typedefs()
        kind = kind.unqualified()
        key = "%s %d" % (kind, kind.sizeof)
        if kind.name is None or key in bodies:
            return
        if kind.code in RECORDS:
            bodies[key] = [
                [field.name or "", str(field.type), field.bitpos, field.bitsize]
                for field in kind.fields()
                # Anonymous members of C have no names, but types with members; the variants of Rust are told with values.
                if hasattr(field, "bitpos") and (field.name or field.type.code in RECORDS)
                and not str(field.type).startswith(str(kind) + "::")
            ]
        elif kind.code == gdb.TYPE_CODE_ENUM:
            bodies[key] = [[field.name.split("::")[-1], hex(field.enumval & 0xFFFFFFFFFFFFFFFF)] for field in kind.fields()]
    except gdb.error:
        pass


def variable(frame, symbol):
    told = {"name": symbol.name, "argument": symbol.is_argument, "type": str(symbol.type), "parts": []}
    body(symbol.type)
    try:
        value = symbol.value(frame)
        if str(value.type) != told["type"]:
            told["type"] = str(value.type)
        parts(value, "", 0, told["parts"])
    except gdb.MemoryError:
        told["parts"].append(["", "memory"])
    except gdb.error as error:
        told["parts"].append(["", why_not(error)])
    return told


def is_variable(symbol):
    """Whether `info locals` or `info args` tell it, but for what is no variable in C."""
    if symbol.is_argument:
        return True
    kind = symbol.type
    if symbol.is_constant:
        code = kind.strip_typedefs().code
        return code != gdb.TYPE_CODE_ENUM or symbol.name not in [field.name for field in kind.strip_typedefs().fields()]
    # gdb 13 lists labels without code as variables that were optimized out.
    return symbol.is_variable and str(kind) != "__CORE_ADDR"


def variables(frame):
    """Innermost block first."""
    told = []
    try:
        block = frame.block()
    except RuntimeError:
        return told
    while block is not None and not block.is_global and not block.is_static:
        told += [variable(frame, symbol) for symbol in block if is_variable(symbol)]
        if block.function is not None:
            break
        block = block.superblock
    return told


def stack():
    told = []
    frame = gdb.newest_frame()
    # gdb goes on to address 0 where a stack ends without saying so.
    while frame is not None and len(told) < DEEPEST_FRAME and (frame.pc() != 0 or not told):
        try:
            # Types are named in the language of the frame that is looked at.
            frame.select()
            place = frame.find_sal()
            told.append({
                # The hash behind a name of Rust tells copies of a function apart.
                "function": re.sub("::h[0-9a-f]{16}$", "", frame.name()) if frame.name() else None,
                "file": place.symtab.filename if place.symtab else None,
                "line": place.line,
                "kind": KINDS.get(frame.type(), "other"),
                "pc": hex(frame.pc()),
                "variables": variables(frame),
            })
            frame = frame.older()
        except gdb.error as error:
            told.append({"error": str(error)})
            break
    return told


with open(os.environ["MOMENTS"]) as moments, open(os.environ["STACKS"], "w") as stacks:
    for moment in moments.read().split():
        # A stop, so that gdb takes an inlined function that begins at the next instruction for not yet entered.
        gdb.execute("monitor goto %d" % (int(moment) - 1), to_string=True)
        gdb.execute("maintenance flush register-cache", to_string=True)
        gdb.execute("maintenance flush dcache", to_string=True)
        gdb.execute("stepi", to_string=True)
        when = gdb.execute("monitor when", to_string=True).split()[1]
        stacks.write(json.dumps({"counter": int(when), "frames": stack()}) + "\n")
    stacks.write(json.dumps({"types": bodies}) + "\n")
