/** The forms of the assembly language against GNU as: every one of them assembles. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemblyForms, assemblyFormsOf } from '../../../emulator/riscv/assembly-language.ts';
import type { AssemblyForm } from '../../../emulator/riscv/assembly-language.ts';
import { requirePeer } from '../../peers.ts';
import { ARCHITECTURE, inTemporaryDirectory } from './objdump.ts';

/** Operands that every form accepts, compressed ones too. */
const examples: Readonly<Record<string, string>> = {
  rd: 'a0',
  rs1: 'a0',
  rs2: 'a1',
  fd: 'fa0',
  fs1: 'fa1',
  fs2: 'fa2',
  fs3: 'fa3',
  imm: '16',
  shamt: '3',
  label: '.',
  symbol: 'here',
  'imm(rs1)': '64(a0)',
  '(rs1)': '(a0)',
  csr: 'sscratch',
  '[rm]': 'rtz',
  pred: 'rw',
  succ: 'w',
};

/** Where the example operands are not what the form allows. */
const exceptions: Readonly<Record<string, string>> = {
  'c.addi4spn': 'c.addi4spn a0,sp,16',
  'c.addi16sp': 'c.addi16sp sp,16',
  'c.fldsp': 'c.fldsp fa0,64(sp)',
  'c.lwsp': 'c.lwsp a0,64(sp)',
  'c.ldsp': 'c.ldsp a0,64(sp)',
  'c.fsdsp': 'c.fsdsp fa0,64(sp)',
  'c.swsp': 'c.swsp a0,64(sp)',
  'c.sdsp': 'c.sdsp a0,64(sp)',
};

function example({ mnemonic, operands }: AssemblyForm): string {
  const written = operands.map((operand) => examples[operand] ?? assert.fail(`no example of ${operand}`));
  return exceptions[mnemonic] ?? `${mnemonic} ${written.join(',')}`;
}

/** binutils 2.40 lacks Zicond, and rounding modes of conversions that are exact. */
const unknownToPeer = ({ mnemonic, extension }: AssemblyForm): boolean =>
  extension === 'Zicond' || /^fcvt\.d\.(w|wu|s)$/.test(mnemonic);

describe('assembly language', () => {
  it('has forms that the assembler takes, in our operand order', function () {
    requirePeer(this, 'riscv64-linux-gnu-objdump');
    const forms = assemblyForms.filter((form) => !unknownToPeer(form));
    assert(forms.length > 350, `${forms.length} forms`);
    inTemporaryDirectory((directory) => {
      const source = join(directory, 'forms.s');
      writeFileSync(source, ['here:', ...forms.map(example)].join('\n') + '\n');
      const assembler = spawnSync('riscv64-linux-gnu-as', [
        `-march=${ARCHITECTURE}`,
        source,
        '-o',
        join(directory, 'o'),
      ]);
      const complaints = assembler.stderr
        .toString()
        .split('\n')
        .filter((line) => line.includes('Error'));
      assert.deepEqual(complaints, []);
      assert.equal(assembler.status, 0);
    });
  });

  it('describes every form in a sentence', () => {
    for (const { mnemonic, description } of assemblyForms) assert.match(description, /^\S.*[.)]$/, mnemonic);
  });

  it('finds the forms of a mnemonic', () => {
    assert.deepEqual(
      assemblyFormsOf('add').map(({ operands, standsFor }) => [operands.join(','), standsFor]),
      [
        ['rd,rs1,rs2', undefined],
        ['rd,rs1,imm', 'addi'],
      ],
    );
    assert.equal(assemblyFormsOf('c.ld')[0]?.extension, 'C');
    assert.match(assemblyFormsOf('lr.d.aqrl')[0]?.description ?? '', /reserves the address\. Ordered with/);
    assert.deepEqual(assemblyFormsOf('mov'), []);
  });
});
