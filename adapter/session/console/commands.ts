import { bookmarksText, bookmarkText } from '../bookmarks/commands.ts';
import { debuggeeOf, stoppedDebuggee, type SessionContext } from '../context.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestFailure } from '../failure.ts';
import type { Reply, RequestContext } from '../handlers.ts';
import { motionTo, type MotionName } from '../motion/catalogue.ts';
import { EVENT_KINDS, motionToEvent } from '../motion/events.ts';
import type { MotionPlan } from '../motion/motions.ts';
import { exitText } from '../motion/exit-text.ts';
import { guestTimeText, motionToPosition } from '../motion/positions.ts';
import { grouped } from '../motion/stop-report.ts';
import { planAlong, planOf } from '../motion/handlers.ts';
import type { VisitDirection } from '../motion/visits.ts';
import {
  printCalls,
  printConsoleMoments,
  printLastMap,
  printLastWrite,
  printLog,
  printOrigin,
  printValueHistory,
} from '../past/commands.ts';
import { showNumbers } from '../format.ts';
import { branchText, comparisonText } from '../branch/comparison.ts';
import { makeChanges } from '../branch/make-changes.ts';
import { discardPlan } from '../branch/discard.ts';
import { explainTrap } from '../guest/explain-trap.ts';
import { kernelText, logText, mappingsText, modulesText, tasksText, walkText } from '../guest/texts.ts';
import { threadNumbered, threadsOf } from '../threads.ts';
import { sendToGuest } from './input.ts';

/** A command of the debug console: a line that begins with `/`. */
interface Command {
  readonly names: readonly string[];
  readonly synopsis: string;
  readonly help: string;
  readonly run: (context: SessionContext, argument: string, request: RequestContext) => Reply | Promise<Reply>;
}

const COMMANDS: readonly Command[] = [
  {
    names: ['when'],
    synopsis: '/when',
    help: 'the moment as counter, part, guest time; where the recording ends',
    run: when,
  },
  {
    names: ['travel', 'goto'],
    synopsis: '/travel MOMENT',
    help: 'to a counter, 50%, 1.5s, +N, -N, +20ms, start, end, a bookmark',
    run: (context, argument) => move(context, motionToPosition(stoppedDebuggee(context), argument)),
  },
  {
    names: ['bookmark'],
    synopsis: '/bookmark [-d] NAME',
    help: 'names this moment; with -d forgets a name',
    run: async (context, argument) => answer(await bookmarkText(context, argument.trim())),
  },
  {
    names: ['bookmarks'],
    synopsis: '/bookmarks',
    help: 'the moments that have names',
    run: (context) => answer(bookmarksText(context)),
  },
  { names: ['start'], synopsis: '/start', help: 'goes to the start', run: (context) => moveTo(context, 'start') },
  {
    names: ['end'],
    synopsis: '/end',
    help: 'goes to the last recorded moment',
    run: (context) => moveTo(context, 'end'),
  },
  visit('back', 'to where the machine stood before the last motion'),
  visit('forth', 'to where it stood before /back'),
  motion('continue', 'continue', 'runs to the next breakpoint'),
  motion('next', 'next', 'one line, over calls'),
  motion('step', 'step-in', 'one line, into calls'),
  motion('finish', 'step-out', 'to where this frame returns'),
  motion('nexti', 'next-instruction', 'one instruction, over calls and traps'),
  motion('stepi', 'step-instruction', 'one step'),
  motion('reverse-stepi', 'step-back-instruction', 'one step back'),
  motion('reverse-nexti', 'reverse-next-instruction', 'one instruction back, over calls and traps'),
  motion('reverse-step', 'reverse-step-in', 'one line back, into calls'),
  motion('reverse-next', 'step-back', 'one line back, over calls'),
  motion('reverse-finish', 'reverse-step-out', 'back to the call of this frame'),
  motion('reverse-continue', 'reverse-continue', 'back to the previous breakpoint'),
  event('next-event', true, 'to the next host input, or trap of a kind'),
  event('previous-event', false, 'back to the previous one'),
  ofTask('continue-task', 'step-in', 'runs until a task goes on'),
  ofTask('reverse-continue-task', 'step-back', 'back to where a task was left'),
  question('last-write', 'EXPRESSION', 'who last wrote it, and what', printLastWrite),
  question('last-map', 'ADDRESS', 'who last changed its translation in the page tables', printLastMap),
  question('origin', 'EXPRESSION', 'where its value came from, copy by copy', printOrigin),
  question('history', 'EXPRESSION', 'its values from the start of the recording on', printValueHistory),
  question('calls', 'FUNCTION', 'all calls with arguments and results', printCalls),
  question('log', 'PLACE [if CONDITION:] TEXT', 'what a logpoint would have printed in the whole recording', printLog),
  question('console', 'TEXT', 'the moments that printed it', (context, text) => printConsoleMoments(context, text)),
  { names: ['kernel'], synopsis: '/kernel', help: 'what kernel this is', run: telling(kernelText) },
  { names: ['tasks', 'ps'], synopsis: '/tasks', help: 'the tasks of the kernel', run: telling(tasksText) },
  { names: ['dmesg'], synopsis: '/dmesg', help: "the kernel's log", run: telling(logText) },
  { names: ['modules'], synopsis: '/modules', help: 'the modules that are loaded', run: telling(modulesText) },
  {
    names: ['mappings', 'maps'],
    synopsis: '/mappings [TASK]',
    help: 'the memory that a task has mapped',
    run: telling(mappingsText),
  },
  {
    names: ['walk'],
    synopsis: '/walk ADDRESS [TASK]',
    help: 'the entries of the page tables that translate an address',
    run: telling(walkText),
  },
  {
    names: ['why'],
    synopsis: '/why',
    help: 'why the last trap was taken',
    run: (context) => answer(explainTrap(context, stoppedDebuggee(context), 0).join('\n')),
  },
  {
    names: ['hex'],
    synopsis: '/hex [off]',
    help: 'shows integers in hexadecimal',
    run: (context, argument) => {
      const changed = showNumbers(context, argument.trim() !== 'off');
      return {
        ...answer(''),
        after: () => {
          if (changed) context.client.invalidated('variables');
        },
      };
    },
  },
  {
    names: ['branch'],
    synopsis: '/branch [here]',
    help: 'what was changed, and where; "here" begins a branch that differs in nothing yet',
    run: branch,
  },
  {
    names: ['discard'],
    synopsis: '/discard',
    help: 'leaves the branch, back to history',
    run: (context) => move(context, discardPlan(context)),
  },
  {
    names: ['compare'],
    synopsis: '/compare',
    help: 'how the branch differs from history here',
    run: async (context, _argument, { signal }) => answer(await comparisonText(context, signal)),
  },
  { names: ['help'], synopsis: '/help', help: 'this list', run: help },
];

function telling(text: (debuggee: Debuggee, argument: string) => string): Command['run'] {
  return (context, argument) => answer(text(stoppedDebuggee(context), argument.trim()));
}

function motion(name: string, which: MotionName, text: string): Command {
  const run = (context: SessionContext): Reply => {
    const debuggee = stoppedDebuggee(context);
    return move(context, planOf(debuggee, which, threadNumbered(debuggee, 1)));
  };
  return { names: [name], synopsis: `/${name}`, help: text, run };
}

function event(name: string, forward: boolean, text: string): Command {
  return {
    names: [name],
    synopsis: `/${name} [${EVENT_KINDS.join(' | ')}]`,
    help: text,
    run: (context, argument) => {
      const kind = EVENT_KINDS.find((one) => one === (argument.trim() || 'input'));
      if (kind === undefined) {
        throw new RequestFailure(`"/${name} ${argument.trim()}": expected one of ${EVENT_KINDS.join(', ')}.`);
      }
      return move(context, motionToEvent(stoppedDebuggee(context), kind, forward));
    },
  };
}

function ofTask(name: string, which: MotionName, text: string): Command {
  return {
    names: [name],
    synopsis: `/${name} TASK`,
    help: text,
    run: (context, argument) => {
      const debuggee = stoppedDebuggee(context);
      const number = Number(argument.trim() || NaN);
      const thread = threadsOf(debuggee).find(({ task }) => task?.id === number);
      if (thread === undefined)
        throw new RequestFailure(`"/${name} ${argument.trim()}": there is no such task; see /tasks.`);
      if (thread.kind === 'hart') throw new RequestFailure(`Task ${number} is on hart ${thread.hart} at this moment.`);
      return move(context, planOf(debuggee, which, thread));
    },
  };
}

function question(
  name: string,
  subject: string,
  text: string,
  print: (context: SessionContext, subject: string, request: RequestContext) => string | Promise<string>,
): Command {
  return {
    names: [name],
    synopsis: `/${name} ${subject}`,
    help: text,
    run: async (context, argument, request) => answer(await print(context, argument.trim(), request)),
  };
}

function visit(direction: VisitDirection, text: string): Command {
  return {
    names: [direction],
    synopsis: `/${direction}`,
    help: text,
    run: (context) => move(context, planAlong(context, direction)),
  };
}

/** Runs `/command`, or `> text` for the guest. Undefined when the line is neither. */
export function runCommand(
  context: SessionContext,
  line: string,
  request: RequestContext,
): Reply | Promise<Reply> | undefined {
  if (line.startsWith('>')) {
    sendToGuest(context, new TextEncoder().encode(`${line.slice(1).replace(/^ /, '')}\n`));
    return answer('');
  }
  const match = /^\/([\w-]+)\s*(.*)$/.exec(line.trim());
  if (match === null) return undefined;
  const [, name = '', argument = ''] = match;
  const command = COMMANDS.find((one) => one.names.includes(name));
  if (command === undefined) throw new RequestFailure(`There is no command "/${name}"; /help lists those there are.`);
  return command.run(context, argument, request);
}

/** Names that complete what has been typed of a command. */
export function commandsStartingWith(prefix: string): readonly string[] {
  return COMMANDS.flatMap((one) => one.names.map((name) => `/${name}`)).filter((name) => name.startsWith(prefix));
}

function when(context: SessionContext): Reply {
  const { timeline } = debuggeeOf(context);
  const ended = timeline.exit === undefined ? '' : ` (${exitText(timeline.exit)})`;
  const live = timeline.mode === 'replaying' ? '' : `, ${timeline.mode === 'recording' ? 'recording' : 'live'}`;
  const branch = timeline.branch === undefined ? '' : `, in a branch from ${grouped(timeline.branch.base)}`;
  const counter = context.motions.shownCounter;
  const part = timeline.end === 0 ? '' : `, ${((100 * counter) / timeline.end).toFixed(1)} %`;
  // The clock is that of where the machine is now.
  const time = context.motions.moving ? '' : `, guest time ${guestTimeText(timeline)}`;
  return answer(`counter ${grouped(counter)} of ${grouped(timeline.end)}${ended}${live}${branch}${part}${time}`);
}

async function branch(context: SessionContext, argument: string): Promise<Reply> {
  if (argument.trim() === '') return answer(branchText(context));
  if (argument.trim() !== 'here') throw new RequestFailure(`"/branch ${argument}": expected nothing, or "here".`);
  stoppedDebuggee(context);
  return { ...answer(''), after: await makeChanges(context, []) };
}

function help(): Reply {
  const lines = COMMANDS.map(({ synopsis, help: text }) => `${synopsis.padEnd(24)}${text}`);
  const rest = [
    `${'> TEXT'.padEnd(24)}types a line into the guest's console`,
    'Anything else is an expression: task->name, $sp, $sstatus.SPP, p[0..8].',
  ];
  return answer([...lines, ...rest].join('\n'));
}

function moveTo(context: SessionContext, moment: number | 'start' | 'end'): Reply {
  return move(context, motionTo(stoppedDebuggee(context), moment));
}

/** The client does not know of a motion that it did not ask for by a request of motion, so it is told. */
function move(context: SessionContext, plan: MotionPlan): Reply {
  return { ...answer(''), after: context.motions.prepare({ ...plan, announce: true }) };
}

function answer(result: string): Reply {
  return { body: { result, variablesReference: 0 } };
}
