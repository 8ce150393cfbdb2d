import type { Arguments } from '../arguments.ts';
import { decodeBase64 } from '../base64.ts';
import { stoppedDebuggee, type SessionContext } from '../context.ts';
import { environmentOf, valueOf } from '../expression/environment.ts';
import { RequestFailure } from '../failure.ts';
import type { Handlers, Reply, RequestContext } from '../handlers.ts';
import { parseMemoryReference } from '../memory.ts';
import { describeValue, formatOf } from '../variables.ts';
import { assignTo, renewed } from './assign.ts';
import { compareWithHistory } from './comparison.ts';
import { discardPlan } from './discard.ts';
import { makeChanges } from './make-changes.ts';

/** The requests that change the present state, which begins a branch, and those about the branch. */
export function branchHandlers(context: SessionContext): Handlers {
  return {
    setVariable: (args) => setVariable(context, args),
    setExpression: (args) => setExpression(context, args),
    writeMemory: (args) => writeMemory(context, args),
    'retrograde/discardBranch': () => ({ after: context.motions.prepare(discardPlan(context)) }),
    'retrograde/compareBranch': async (_args: Arguments, { signal }: RequestContext) => ({
      body: await compareWithHistory(context, signal),
    }),
  };
}

async function setVariable(context: SessionContext, args: Arguments): Promise<Reply> {
  const debuggee = stoppedDebuggee(context);
  const { view } = context;
  const source = view.variables(args.integer('variablesReference'));
  const name = args.string('name');
  const target = source.valueNamed?.(name);
  if (target === undefined) throw new RequestFailure(`"${name}" cannot be changed here.`);
  const frame = view.lookedAt ?? view.innermost(debuggee, 0);
  const announce = await assignTo(context, debuggee, frame, target, args.string('value'));
  const value = view.variables(args.integer('variablesReference')).valueNamed?.(name) ?? target;
  const described = describeValue(value, view, formatOf(args, view));
  // As the list shows it: registers have notations of their own.
  const listed = source.list(0, undefined, formatOf(args, view)).find((one) => one.name === name);
  return { body: { ...described, value: listed?.value ?? described.value }, after: announce };
}

async function setExpression(context: SessionContext, args: Arguments): Promise<Reply> {
  const debuggee = stoppedDebuggee(context);
  const { view } = context;
  const expression = args.string('expression');
  const frameId = args.optionalInteger('frameId');
  const frame = frameId === undefined ? view.innermost(debuggee, 0) : view.frame(frameId);
  const target = valueOf(expression, environmentOf(debuggee, frame, view.changes));
  const announce = await assignTo(context, debuggee, frame, target, args.string('value'));
  const value = renewed(context, debuggee, frame, expression);
  return { body: describeValue(value, view, formatOf(args, view)), after: announce };
}

const PAGE = 4096n;

async function writeMemory(context: SessionContext, args: Arguments): Promise<Reply> {
  const debuggee = stoppedDebuggee(context);
  const place = parseMemoryReference(args.string('memoryReference'));
  const address = BigInt.asUintN(64, place.address + BigInt(args.optionalInteger('offset') ?? 0));
  const bytes = decodeBase64(args.string('data')) ?? args.wrong('data', 'base64');
  const written = args.optionalBoolean('allowPartial') === true ? writable(address, bytes.length) : bytes.length;
  if (bytes.length === 0) return { body: { bytesWritten: 0 } };
  if (written === 0) throw new RequestFailure(`Nothing can be written at 0x${address.toString(16)}.`);
  const data = bytes.subarray(0, written);
  const announce = await makeChanges(context, [
    place.space === 'physical'
      ? { kind: 'physical-memory', address, bytes: data }
      : { kind: 'virtual-memory', hart: 0, address, bytes: data },
  ]);
  return { body: { bytesWritten: written }, after: announce };

  /** How many of the bytes lie in memory that can be read, page by page; what is no RAM of it is refused as a whole. */
  function writable(from: bigint, length: number): number {
    const { timeline } = debuggee;
    for (let done = 0; done < length;) {
      const at = from + BigInt(done);
      const physical = place.space === 'physical' ? at : mapped(at);
      if (physical === undefined || timeline.readPhysical(physical, 1).bytes.length === 0) return done;
      done += Number(PAGE - (at % PAGE));
    }
    return length;
  }

  function mapped(at: bigint): bigint | undefined {
    const found = debuggee.timeline.translate(0, BigInt.asUintN(64, at));
    return found.kind === 'mapped' ? found.physical : undefined;
  }
}
