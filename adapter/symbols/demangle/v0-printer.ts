import { booleanLiteral, characterLiteral, integerLiteral, stringLiteral } from './v0-literals.ts';
import { NotAName } from './v0-reader.ts';
import { V0Writer } from './v0-writer.ts';

const BASIC_TYPES: ReadonlyMap<string, string> = new Map([
  ['a', 'i8'],
  ['b', 'bool'],
  ['c', 'char'],
  ['d', 'f64'],
  ['e', 'str'],
  ['f', 'f32'],
  ['h', 'u8'],
  ['i', 'isize'],
  ['j', 'usize'],
  ['l', 'i32'],
  ['m', 'u32'],
  ['n', 'i128'],
  ['o', 'u128'],
  ['p', '_'],
  ['s', 'i16'],
  ['t', 'u16'],
  ['u', '()'],
  ['v', '...'],
  ['x', 'i64'],
  ['y', 'u64'],
  ['z', '!'],
]);

const SIGNED: ReadonlySet<string> = new Set(['a', 'i', 'l', 'n', 's', 'x']);

/**
 * Writes the path of a symbol while it reads it: a recursive descent whose methods are the productions of the grammar of v0
 * symbol names (RFC 2603, and the rustc book). All throw NotAName.
 */
export class V0Printer extends V0Writer {
  /** `<path> [<instantiating-crate>]`, the crate without being written. */
  symbol(): void {
    this.path(true);
    if (/[A-Z]/.test(this.reader.peek())) this.skipped(this.anyPath);
  }

  /** In a value generic arguments stand behind `::`, in a type they do not. */
  private path(isValue: boolean): void {
    this.within(() => {
      const tag = this.reader.next();
      switch (tag) {
        case 'C':
          this.reader.optionalBase62('s');
          this.write(this.reader.identifier());
          return;
        case 'N':
          this.nestedPath(isValue);
          return;
        case 'M':
        case 'X':
          // Where the implementation stands.
          this.reader.optionalBase62('s');
          this.skipped(this.anyPath);
          this.qualifiedType(tag === 'X');
          return;
        case 'Y':
          this.qualifiedType(true);
          return;
        case 'I':
          this.path(isValue);
          this.write(isValue ? '::<' : '<');
          this.list(', ', this.genericArgument);
          this.write('>');
          return;
        case 'B':
          this.backReference(() => {
            this.path(isValue);
          });
          return;
        default:
          throw new NotAName();
      }
    });
  }

  private readonly anyPath = (): void => {
    this.path(false);
  };

  /** `"N" <namespace> <path> <identifier>`; upper case names what has no name in the source, such as closures. */
  private nestedPath(isValue: boolean): void {
    const namespace = this.reader.next();
    if (!/[A-Za-z]/.test(namespace)) throw new NotAName();
    this.path(isValue);
    const disambiguator = this.reader.optionalBase62('s');
    const name = this.reader.identifier();
    if (namespace >= 'a') {
      if (name !== '') this.write(`::${name}`);
      return;
    }
    const kind = namespace === 'C' ? 'closure' : namespace === 'S' ? 'shim' : namespace;
    this.write(`::{${kind}${name === '' ? '' : `:${name}`}#${disambiguator}}`);
  }

  /** `<T>`, or `<T as Trait>`. */
  private qualifiedType(hasTrait: boolean): void {
    this.write('<');
    this.type();
    if (hasTrait) {
      this.write(' as ');
      this.path(false);
    }
    this.write('>');
  }

  private readonly genericArgument = (): void => {
    if (this.reader.eat('L')) this.lifetime(Number(this.reader.base62()));
    else if (this.reader.eat('K')) this.constant(false);
    else this.type();
  };

  private readonly type = (): void => {
    const basic = BASIC_TYPES.get(this.reader.peek());
    if (basic !== undefined) {
      this.reader.next();
      this.write(basic);
      return;
    }
    this.within(this.compoundType);
  };

  private readonly compoundType = (): void => {
    const { reader } = this;
    const tag = reader.peek();
    switch (tag) {
      case 'A':
      case 'S':
        reader.next();
        this.write('[');
        this.type();
        if (tag === 'A') {
          this.write('; ');
          this.constant(true);
        }
        this.write(']');
        return;
      case 'T':
        reader.next();
        this.tuple(this.type);
        return;
      case 'R':
      case 'Q':
        reader.next();
        this.write('&');
        if (reader.eat('L')) this.ofLifetime(Number(reader.base62()), '', ' ');
        if (tag === 'Q') this.write('mut ');
        this.type();
        return;
      case 'P':
      case 'O':
        reader.next();
        this.write(tag === 'P' ? '*const ' : '*mut ');
        this.type();
        return;
      case 'F':
        reader.next();
        this.bound(this.functionSignature);
        return;
      case 'D':
        reader.next();
        this.write('dyn ');
        this.bound(() => {
          this.list(' + ', this.dynTrait);
        });
        reader.expect('L');
        this.ofLifetime(Number(reader.base62()), ' + ', '');
        return;
      case 'W':
        reader.next();
        this.type();
        this.write(' is ');
        this.pattern();
        return;
      case 'B':
        reader.next();
        this.backReference(this.type);
        return;
      default:
        this.path(false);
    }
  };

  /** `["U"] ["K" <abi>] {<type>} "E" <type>`. */
  private readonly functionSignature = (): void => {
    const { reader } = this;
    if (reader.eat('U')) this.write('unsafe ');
    if (reader.eat('K')) {
      // What an identifier may not have in it stands as an underscore.
      const abi = reader.eat('C') ? 'C' : this.abi();
      this.write(`extern "${abi}" `);
    }
    this.write('fn(');
    this.list(', ', this.type);
    this.write(')');
    if (reader.eat('u')) return;
    this.write(' -> ');
    this.type();
  };

  private abi(): string {
    if (this.reader.peek() === 'u') throw new NotAName();
    return this.reader.identifier().replaceAll('_', '-');
  }

  /** A trait and, among its generic arguments, the associated types that are told: `{"p" <identifier> <type>}`. */
  private readonly dynTrait = (): void => {
    let isOpen = this.pathLeftOpen();
    while (this.reader.eat('p')) {
      this.write(`${isOpen ? ', ' : '<'}${this.reader.identifier()} = `);
      isOpen = true;
      this.type();
    }
    if (isOpen) this.write('>');
  };

  /** A path; whether it ends in generic arguments, to which their `>` is still to be written. */
  private pathLeftOpen(): boolean {
    return this.within(() => {
      if (this.reader.eat('B')) return this.backReference(() => this.pathLeftOpen()) ?? false;
      if (!this.reader.eat('I')) {
        this.path(false);
        return false;
      }
      this.path(false);
      this.write('<');
      this.list(', ', this.genericArgument);
      return true;
    });
  }

  /** What values of a type are restricted to: a range, or one of several. */
  private readonly pattern = (): void => {
    this.within(() => {
      const tag = this.reader.next();
      switch (tag) {
        case 'R':
          this.constant(false);
          this.write('..=');
          this.constant(false);
          return;
        case 'O':
          this.list(' | ', this.pattern);
          return;
        case 'N':
          this.write('!null');
          return;
        default:
          throw new NotAName();
      }
    });
  };

  /** A constant; one that is no literal stands in braces where it is not within another (`isValue`). */
  private constant(isValue: boolean): void {
    this.within(() => {
      const { reader } = this;
      const tag = reader.next();
      const isBraced = !isValue && (/[eAQTV]/.test(tag) || (tag === 'R' && reader.peek() !== 'e'));
      if (isBraced) this.write('{');
      switch (tag) {
        case 'p':
          this.write('_');
          break;
        case 'a':
        case 'h':
        case 'i':
        case 'j':
        case 'l':
        case 'm':
        case 'n':
        case 'o':
        case 's':
        case 't':
        case 'x':
        case 'y':
          if (SIGNED.has(tag) && reader.eat('n')) this.write('-');
          this.write(integerLiteral(reader));
          break;
        case 'b':
          this.write(booleanLiteral(reader));
          break;
        case 'c':
          this.write(characterLiteral(reader));
          break;
        case 'e':
          // A literal is a reference.
          this.write(`*${stringLiteral(reader)}`);
          break;
        case 'R':
        case 'Q':
          if (tag === 'R' && reader.eat('e')) {
            this.write(stringLiteral(reader));
            break;
          }
          this.write(tag === 'R' ? '&' : '&mut ');
          this.constant(true);
          break;
        case 'A':
          this.write('[');
          this.list(', ', this.nestedConstant);
          this.write(']');
          break;
        case 'T':
          this.tuple(this.nestedConstant);
          break;
        case 'V':
          this.structure();
          break;
        case 'B':
          this.backReference(() => {
            this.constant(isValue);
          });
          break;
        default:
          throw new NotAName();
      }
      if (isBraced) this.write('}');
    });
  }

  private readonly nestedConstant = (): void => {
    this.constant(true);
  };

  /** The variant, or structure, and its fields, as they have no names, or names, or are not there. */
  private structure(): void {
    this.path(true);
    switch (this.reader.next()) {
      case 'U':
        return;
      case 'T':
        this.write('(');
        this.list(', ', this.nestedConstant);
        this.write(')');
        return;
      case 'S':
        this.write(' { ');
        this.list(', ', () => {
          this.reader.optionalBase62('s');
          this.write(`${this.reader.identifier()}: `);
          this.constant(true);
        });
        this.write(' }');
        return;
      default:
        throw new NotAName();
    }
  }
}
