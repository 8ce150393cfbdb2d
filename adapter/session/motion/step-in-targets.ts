import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Arguments } from '../arguments.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import type { Handlers, Reply } from '../handlers.ts';
import { sameUnit } from '../program.ts';
import type { PlacedInstruction } from './code.ts';

/** A call that the present line may still make. */
interface Target {
  readonly counter: number;
  readonly call: bigint;
}

/** `stepInTargets`: which of the calls of a line to step into. */
export class StepInTargets {
  readonly #context: SessionContext;
  readonly #targets: Target[] = [];
  readonly handlers: Handlers = {
    stepInTargets: (args) => this.#list(args),
  };

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** The address of the call that was offered under an identifier at the present moment. */
  callOf(id: number): bigint {
    const target = this.#targets[id - 1];
    if (target === undefined) throw new RequestFailure(`There is no call ${id} to step into.`);
    if (target.counter !== stoppedDebuggee(this.#context).timeline.counter) {
      throw new RequestFailure(`The call ${id} was offered at a moment that has been left.`);
    }
    return target.call;
  }

  #list(args: Arguments): Reply {
    const debuggee = stoppedDebuggee(this.#context);
    const { client } = this.#context;
    const { hart, depth, frame } = this.#context.view.frame(args.integer('frameId'));
    // Outer frames are in the middle of a call that has been made.
    if (frame.pc !== debuggee.hart(hart).pc || depth > 0) return { body: { targets: [] } };
    const { counter } = debuggee.timeline;
    const targets = callsOfLine(debuggee, hart).map((call): DebugProtocol.StepInTarget => {
      const id = this.#targets.push({ counter, call: call.address });
      const at = debuggee.program.positionAt(call.address);
      return {
        id,
        label: nameOf(debuggee, call),
        ...(at === undefined ? {} : { line: client.lineToClient(at.line) }),
        ...(at === undefined || at.column === 0 ? {} : { column: client.columnToClient(at.column) }),
      };
    });
    return { body: { targets } };
  }
}

/** The calls in the line that is about to execute, from the present instruction on. */
function callsOfLine(debuggee: Debuggee, hart: number): readonly PlacedInstruction[] {
  const stepping = debuggee.stepping(hart, {});
  const { state, program } = stepping;
  const { pc, position } = state;
  if (position === undefined) return [];
  return [...(stepping.planHere()?.calls.values() ?? [])].filter(({ address }) => {
    // Of an inlined call it is the line of the frame that counts.
    const line = program.functionsBefore(address).map((active) => active.position);
    return address >= pc && line.some((one) => one !== undefined && sameUnit(one, position, 'line'));
  });
}

function nameOf({ program }: Debuggee, { flow, address }: PlacedInstruction): string {
  const target = flow.kind === 'call' ? flow.target : undefined;
  if (target === undefined) return `the call through a register at 0x${address.toString(16)}`;
  // Calls may go to the NOPs before a function that a kernel patches.
  return program.functionAt(target)?.name ?? program.symbolAt(target)?.name ?? `0x${target.toString(16)}`;
}
