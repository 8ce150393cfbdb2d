import assert from 'node:assert/strict';
import { rv64c } from '../../emulator/riscv/rv64c.ts';
import { instructions } from '../../emulator/riscv/instructions.ts';
import { loadGrammar, type Token } from './tokenizer.ts';

describe('the grammar of RISC-V assembly', () => {
  let tokenize: (text: string) => Token[][];
  before(async () => {
    const file = new URL('../../syntaxes/riscv-asm.tmLanguage.json', import.meta.url);
    tokenize = await loadGrammar(file, 'source.riscv-asm');
  });

  /** One line as `text:scope` pairs. */
  function scopes(line: string): string[] {
    return (tokenize(line)[0] ?? []).map(({ text, scope }) => `${text.trim()}:${scope}`);
  }

  /** The scope of the token that is `text`. */
  function scopeOf(text: string, line: string): string | undefined {
    return tokenize(line)
      .flat()
      .find((token) => token.text.trim() === text)?.scope;
  }

  it('knows every instruction of the machine', () => {
    const names = [...instructions, ...rv64c].map(({ name }) => name);
    assert(names.length > 200, `only ${names.length} instructions were read`);
    const unknown = names.filter((name) => !(scopeOf(name, `\t${name} a0, a1, a2`) ?? '').startsWith('keyword.'));
    assert.deepEqual(unknown, []);
  });

  it('knows pseudo-instructions', () => {
    const pseudo = `la lla li mv nop not neg negw sext.w seqz snez sltz sgtz beqz bnez blez bgez bltz bgtz bgt ble bgtu bleu
      j jr ret call tail fmv.s fabs.d fneg.s csrr csrw csrs csrc csrwi csrsi csrci frcsr fscsr frrm fsrm frflags fsflags
      rdcycle rdtime rdinstret zext.b zext.h unimp`;
    for (const name of pseudo.split(/\s+/)) assert.match(scopeOf(name, `\t${name} a0`) ?? '', /^keyword\./, name);
  });

  it('knows every register by both its names', () => {
    const registers = ['zero', 'ra', 'sp', 'gp', 'tp', 'fp'];
    for (const [prefix, count] of [
      ['x', 32],
      ['f', 32],
      ['a', 8],
      ['s', 12],
      ['t', 7],
      ['fa', 8],
      ['fs', 12],
      ['ft', 12],
    ] as const)
      for (let index = 0; index < count; index++) registers.push(`${prefix}${index}`);
    for (const name of registers) assert.equal(scopeOf(name, `\tmv ${name}, 0`), 'variable.language.register', name);
    for (const name of ['x32', 's12', 'a8', 't7', 'sp_el0', '.sp']) {
      assert.notEqual(scopeOf(name, `\tmv ${name}, 0`), 'variable.language.register', name);
    }
  });

  it('knows CSRs', () => {
    const csrs = `mstatus mtvec mepc mcause mtval mip mie medeleg mideleg mcounteren mscratch misa mhartid mvendorid menvcfg
      pmpcfg0 pmpaddr15 mcycle minstret mhpmcounter31 mhpmevent3 sstatus sie stvec sepc scause stval sip scounteren sscratch
      satp senvcfg stimecmp cycle time instret hpmcounter3 fflags frm fcsr`;
    for (const name of csrs.split(/\s+/))
      assert.equal(scopeOf(name, `\tcsrr a0, ${name}`), 'support.constant.csr', name);
  });

  it('tells instructions from operands that are named like them', () => {
    assert.deepEqual(scopes('add: add a0, a1, a2 # add'), [
      'add:entity.name.label',
      '::punctuation.separator.label',
      'add:keyword.mnemonic.integer',
      'a0:variable.language.register',
      ',:punctuation.separator',
      'a1:variable.language.register',
      ',:punctuation.separator',
      'a2:variable.language.register',
      '# add:comment.line.number-sign',
    ]);
    assert.equal(scopeOf('and', '\tcall and'), '');
    assert.equal(scopeOf('time', 'time: ret'), 'entity.name.label');
  });

  it('reads local labels, relocations, numbers and separators', () => {
    assert.deepEqual(scopes('1: bnez a0, 1b; lw a1, %pcrel_lo(1b)(a0)'), [
      '1:entity.name.label.local',
      '::punctuation.separator.label',
      'bnez:keyword.control.flow',
      'a0:variable.language.register',
      ',:punctuation.separator',
      '1b:constant.numeric.local-label',
      ';:punctuation.separator',
      'lw:keyword.mnemonic.memory',
      'a1:variable.language.register',
      ',:punctuation.separator',
      '%pcrel_lo:support.function.relocation',
      '(:',
      '1b:constant.numeric.local-label',
      ')(:',
      'a0:variable.language.register',
      '):',
    ]);
    assert.equal(scopeOf('0x80000000', '\tli a0, 0x80000000'), 'constant.numeric.hex');
    assert.equal(scopeOf('0b1010', '\tli a0, 0b1010'), 'constant.numeric.binary');
    assert.equal(scopeOf('017', '\tli a0, 017'), 'constant.numeric.octal');
    assert.equal(scopeOf('1.5e3', '\t.double 1.5e3'), 'constant.numeric.float');
    assert.equal(scopeOf('dyn', '\tfadd.s fa0, fa1, fa2, dyn'), 'constant.language.rounding-mode');
  });

  it('tells the preprocessor from comments', () => {
    assert.equal(scopeOf('#include', '#include "kernel.h"'), 'keyword.control.directive.include');
    assert.equal(scopeOf('#define', '#define STACK_SIZE 0x1000 // bytes'), 'keyword.control.directive.define');
    assert.equal(scopeOf('#endif', '#endif'), 'keyword.control.directive.conditional');
    assert.equal(scopeOf('# define', '# define SIZE 8'), 'keyword.control.directive.define');
    assert.equal(scopeOf('# a remark', '# a remark'), 'comment.line.number-sign');
    assert.equal(scopeOf('// a remark', '\tret // a remark'), 'comment.line.double-slash');
  });

  it('reads comments over several lines, and what follows them', () => {
    const [first, second] = tokenize('/* begin\nend */ ret');
    assert.deepEqual(
      first?.map(({ scope }) => scope),
      ['comment.block', 'comment.block'],
    );
    assert.equal(second?.[0]?.scope, 'comment.block');
  });

  it('knows directives and macros', () => {
    assert.deepEqual(scopes('.macro save reg, offset'), [
      '.macro:keyword.control.directive.macro',
      'save:entity.name.function.macro',
      'reg:',
      ',:punctuation.separator',
      'offset:',
    ]);
    assert.equal(scopeOf('\\reg', '\tsd \\reg, 8(sp)'), 'variable.parameter.macro');
    assert.equal(scopeOf('save', '\tsave ra, 8'), 'entity.name.function.macro');
    assert.equal(scopeOf('.dword', '\t.dword handler'), 'storage.type.directive.data');
    assert.equal(scopeOf('.globl', '\t.globl _start'), 'keyword.other.directive');
    assert.equal(scopeOf('@progbits', '\t.section .text.init, "ax", @progbits'), 'storage.modifier.section-type');
    assert.equal(scopeOf('STACK_SIZE', 'STACK_SIZE = 0x1000'), 'variable.other.constant');
  });
});
