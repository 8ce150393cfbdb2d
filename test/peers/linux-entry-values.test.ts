import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openRecording, openTimeline } from '../../adapter/host/recording-files.ts';
import { machineEnvironment, NO_CHANGES } from '../../adapter/session/expression/machine-environment.ts';
import type { ExpressionEnvironment } from '../../adapter/symbols/expressions/environment.ts';
import { Program } from '../../adapter/symbols/program.ts';
import type { TimelineContract } from '../../emulator/replay/timeline.ts';
import { recordedLinux, smallLinux } from '../dap/linux-guests.ts';
import { requirePeer } from '../peers.ts';
import { EntryWitness } from '../symbols/entry-witness.ts';
import { compareWithGdb } from './expressions/comparison.ts';
import { askGdbExpressions } from './gdb-expressions.ts';

/** Functions that are reached from many places, by calls of all kinds. */
const PLACES = ['do_dentry_open', 'run_init_process', 'handle_mm_fault'];
/** Frames from the innermost out. */
const FRAMES = 8;

/** The description of the call names a function that was inlined elsewhere, too: gdb looks for its address at its abstract entry. */
const NOT_TRUSTED = 'DW_AT_call_target is not specified';

interface OuterFunction {
  readonly pc: bigint;
  /** How many frames further in gdb shows, those of inlined functions included. */
  readonly level: number;
  readonly parameters: readonly string[];
  readonly environment: ExpressionEnvironment;
}

describe('what parameters were on entry in the small Linux, and gdb', function () {
  this.timeout(600_000);

  it('agree', async function () {
    requirePeer(this, 'gdb-multiarch');
    const { recording, symbols } = await recordedLinux(smallLinux(this));
    const timeline = await openTimeline(await openRecording(recording));
    try {
      const program = Program.load('vmlinux', readFileSync(symbols));
      const witness = new EntryWitness(timeline, program);
      let values = 0;
      let asked = 0;
      let confirmed = 0;
      for (const place of PLACES) {
        const addresses = program.addressesOfFunction(place);
        assert.ok(addresses.length > 0, `${place} is in the kernel`);
        const conditions = addresses.map((address) => ({ kind: 'instruction' as const, address }));
        assert.equal((await timeline.run({ conditions })).kind, 'hit', place);
        const { counter } = timeline;
        const untrusted: bigint[] = [];
        for (const { pc, level, parameters, environment } of outerFunctions(timeline, program)) {
          if (parameters.length === 0) continue;
          const expressions = parameters.map((name) => `${name}@entry`);
          const answers = await askGdbExpressions(timeline, symbols, [`frame ${level}`], expressions);
          const isTrusted = answers.map(({ kind, text }) => kind === 'value' || !text.startsWith(NOT_TRUSTED));
          const trusted = expressions.filter((_, at) => isTrusted[at]);
          values += compareWithGdb(
            trusted,
            answers.filter((_, at) => isTrusted[at]),
            environment,
            [],
          ).equal;
          asked += expressions.length;
          if (trusted.length < expressions.length) untrusted.push(pc);
        }
        // What gdb does not say the recording does: what the hart held when the function was entered.
        for (const pc of untrusted) {
          const testimony = await witness.ask({ counter, pc: `0x${pc.toString(16)}` });
          assert.notEqual(testimony.kind, 'refuted', `${place}: ${JSON.stringify(testimony)}`);
          if (testimony.kind === 'confirmed') confirmed++;
        }
        await timeline.travelTo(counter);
      }
      console.log(`        ${values} of ${asked} equal, the calls of ${confirmed} frames confirmed by the recording`);
      assert.ok(values >= 20, `${values} values are compared`);
    } finally {
      await timeline.close();
    }
  });
});

/** The functions that called each other, without those that were inlined into them. */
function outerFunctions(timeline: TimelineContract, program: Program): readonly OuterFunction[] {
  const [hart] = timeline.harts;
  assert.ok(hart !== undefined);
  const found: OuterFunction[] = [];
  let level = 0;
  const context = {
    pc: hart.pc,
    readRegister: (number: number) => (number < 32 ? hart.readX(number) : undefined),
    readMemory: (address: bigint, length: number) => {
      const { bytes } = timeline.readVirtual(0, address, length);
      return bytes.length === length ? bytes : undefined;
    },
  };
  for (const frame of program.unwind(context, { limit: FRAMES })) {
    const inner = Math.max(0, program.functionsAt(frame.lookupAddress).length - 1);
    level += inner;
    const registers = {
      pc: frame.pc,
      register: (number: number) => frame.readRegister(number),
      describeAddress: (address: bigint) => program.describeAddress(address),
    };
    found.push({
      pc: frame.pc,
      level,
      parameters: program.variables(frame, inner).arguments.map(({ name }) => name),
      environment: program.environment(frame, inner, machineEnvironment(timeline, 0, registers, NO_CHANGES)),
    });
    level++;
  }
  return found;
}
