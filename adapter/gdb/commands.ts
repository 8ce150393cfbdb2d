import type { Breakpoint } from './breakpoints.ts';
import { parseBreakpointType } from './breakpoints.ts';
import { parseAddress, parseNumber, registerToHex } from './hex.ts';
import { resumeAt, writeGeneralRegisters, writeMemoryBinary, writeMemoryHex, writeRegister } from './change.ts';
import { parseRange, readMemory } from './memory.ts';
import { continueBackward, continueForward, stepBackward, stepForward } from './motion.ts';
import { answerQuery } from './queries.ts';
import { generalRegisters, registerByNumber } from './registers.ts';
import { failure, MALFORMED, OK, UNSUPPORTED } from './reply.ts';
import type { GdbSession } from './session.ts';

/** The packets of the protocol (Debugging with GDB, "Packets"), each from its argument to its reply. */

type Command = (session: GdbSession, argument: string) => Promise<string> | string;

const readGeneralRegisters: Command = ({ hart }) =>
  generalRegisters.map((register) => registerToHex(register.read(hart) ?? 0n)).join('');

const readRegister: Command = ({ hart }, argument) => {
  const number = parseNumber(argument);
  if (number === undefined) return MALFORMED;
  const value = registerByNumber(number)?.read(hart);
  return value === undefined ? failure(`this hart has no register ${number}`) : registerToHex(value);
};

/** `Hg thread`, `Hc thread`; 0 is any thread and -1 all. */
const selectThread: Command = (session, argument) => {
  const operation = argument.charAt(0);
  if (operation !== 'g' && operation !== 'c') return MALFORMED;
  const text = argument.slice(1);
  if (text === '-1' || text === '0') return OK;
  const thread = parseNumber(text);
  if (thread === undefined) return MALFORMED;
  if (operation === 'c') return thread <= session.timeline.harts.length ? OK : failure(`no thread ${thread}`);
  return session.selectHart(thread - 1) ? OK : failure(`no thread ${thread}`);
};

const isThreadAlive: Command = ({ timeline }, argument) => {
  const thread = parseNumber(argument);
  return thread !== undefined && timeline.harts[thread - 1] !== undefined ? OK : failure('no such thread');
};

/** `type,addr,kind`. Conditions and commands on the client's side are not announced, so none follow. */
function parseBreakpoint(argument: string): Breakpoint | undefined {
  const comma = argument.indexOf(',');
  const type = parseBreakpointType(argument.slice(0, comma));
  const range = parseRange(argument.slice(comma + 1));
  if (comma < 0 || type === undefined || range === undefined) return undefined;
  if (type >= 2 && range.length === 0) return undefined;
  return { type, ...range };
}

const insertBreakpoint: Command = (session, argument) => {
  const breakpoint = parseBreakpoint(argument);
  if (breakpoint === undefined) return MALFORMED;
  session.breakpoints.insert(breakpoint);
  return OK;
};

const removeBreakpoint: Command = (session, argument) => {
  const breakpoint = parseBreakpoint(argument);
  if (breakpoint === undefined) return MALFORMED;
  session.breakpoints.remove(breakpoint);
  return OK;
};

/** At an address, or where the hart stands. */
const resuming =
  (how: 'step' | 'continue'): Command =>
  (session, argument) => {
    const address = argument === '' ? session.hart.pc : parseAddress(argument);
    return address === undefined ? MALFORMED : resumeAt(session, address, how);
  };

/** A signal to deliver means nothing to a hart. */
const withSignal =
  (command: Command): Command =>
  (session, argument) => {
    const [signal = '', address = ''] = argument.split(';');
    return parseNumber(signal) === undefined ? MALFORMED : command(session, address);
  };

const step = resuming('step');
const resume = resuming('continue');

const reverse: Command = (session, argument) => {
  if (argument === 's') return stepBackward(session);
  if (argument === 'c') return continueBackward(session);
  return UNSUPPORTED;
};

/** `vCont;action:thread;...`: the machine moves as a whole, so a single step anywhere makes it a step. */
const vCont: Command = (session, argument) => {
  const actions = argument.split(';').map((action) => action.charAt(0).toLowerCase());
  if (actions.some((action) => action !== 's' && action !== 'c')) return MALFORMED;
  return actions.includes('s') ? stepForward(session) : continueForward(session);
};

const end =
  (ending: 'detached' | 'killed'): Command =>
  (session) => {
    session.ending = ending;
    return OK;
  };

/** Packets with a name of several letters, which ends at the first `;` or `?`. */
const verbose: Readonly<Record<string, Command>> = {
  'vCont?': () => 'vCont;c;C;s;S',
  vCont,
  vKill: end('killed'),
};

const verbosePacket: Command = (session, payload) => {
  const [, name = '', argument = ''] = /^(v\w+\??);?(.*)$/s.exec(payload) ?? [];
  const command = Object.hasOwn(verbose, name) ? verbose[name] : undefined;
  return command === undefined ? UNSUPPORTED : command(session, argument);
};

/** By the first character of the packet. */
const packets: Readonly<Record<string, Command>> = {
  '?': ({ lastStop }) => lastStop,
  g: readGeneralRegisters,
  G: writeGeneralRegisters,
  p: readRegister,
  P: writeRegister,
  m: readMemory,
  M: writeMemoryHex,
  X: writeMemoryBinary,
  H: selectThread,
  T: isThreadAlive,
  Z: insertBreakpoint,
  z: removeBreakpoint,
  s: step,
  S: withSignal(step),
  c: resume,
  C: withSignal(resume),
  b: reverse,
  D: end('detached'),
  k: end('killed'),
};

/** The reply to a packet; empty when it is not supported. */
export function answer(session: GdbSession, payload: string): Promise<string> | string {
  const first = payload.charAt(0);
  if (first === 'q' || first === 'Q') return answerQuery(session, payload);
  if (first === 'v') return verbosePacket(session, payload);
  const command = Object.hasOwn(packets, first) ? packets[first] : undefined;
  return command === undefined ? UNSUPPORTED : command(session, payload.slice(1));
}
