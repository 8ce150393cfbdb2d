import type { MotionOutcome } from '../../emulator/replay/timeline.ts';
import type { GdbSession } from './session.ts';

/** What the person can type after `monitor` in gdb: what the protocol itself has no packet for. */

interface MonitorCommand {
  readonly usage: string;
  readonly description: string;
  /** The text to show, with its final newline. */
  run(session: GdbSession, words: readonly string[]): Promise<string> | string;
}

/** gdb keeps registers and memory until the machine moves at its own command. */
const REFRESH = 'gdb does not notice by itself: type `maintenance flush register-cache`, then `frame`.';

function parseMoment(session: GdbSession, word: string | undefined): number | undefined {
  if (word === 'start') return 0;
  if (word === 'end') return session.timeline.end;
  return word !== undefined && /^\d{1,16}$/.test(word) ? Number(word) : undefined;
}

function arrival(session: GdbSession, outcome: MotionOutcome): string {
  const where = `At step ${session.timeline.counter}`;
  switch (outcome.kind) {
    case 'start-of-recording':
      return `${where}, the start of the recording. ${REFRESH}\n`;
    case 'end-of-branch':
      return `${where}, the end of the branch so far. ${REFRESH}\n`;
    case 'end-of-recording':
    case 'guest-exit':
      return `${where}, the end of the recording. ${REFRESH}\n`;
    case 'cancelled':
      return `${where}: interrupted. ${REFRESH}\n`;
    case 'diverged':
      return `${where}: the replay differs from the recording (state ${outcome.actual}, recorded ${outcome.expected}).\n`;
    case 'arrived':
    case 'hit':
      return `${where}. ${REFRESH}\n`;
  }
}

const commands: Readonly<Record<string, MonitorCommand>> = {
  goto: {
    usage: 'goto N|start|end',
    description: 'go to step N, the start or the end of the recording',
    async run(session, [word]) {
      const moment = parseMoment(session, word);
      if (moment === undefined) {
        return `goto wants a step from 0 to ${session.timeline.end}, or start, or end.\n`;
      }
      const outcome = await session.cancellable((signal) => session.timeline.travelTo(moment, { signal }));
      return arrival(session, outcome);
    },
  },
  when: {
    usage: 'when',
    description: 'show the present step and the last one recorded',
    run: ({ timeline: { counter, end, branch } }) =>
      `step ${counter} of ${end}${branch === undefined ? '' : `, in a branch from step ${branch.base}`}\n`,
  },
  console: {
    usage: 'console [N]',
    description: 'show the last lines (20) that the guest had printed by now',
    run: ({ timeline }, [word = '20']) => {
      if (!/^\d{1,6}$/.test(word)) return 'console wants a number of lines.\n';
      const printed = timeline.consoleOutput().map(({ bytes }) => new TextDecoder('latin1').decode(bytes));
      const lines = printed.join('').trimEnd().split('\n');
      return `${lines.slice(-Number(word)).join('\n')}\n`;
    },
  },
  digest: {
    usage: 'digest',
    description: 'show the digest of the present state: equal digests, equal states',
    run: ({ timeline }) => `${timeline.digest()}\n`,
  },
  branch: {
    usage: 'branch',
    description: 'show whether something was changed, and where',
    run: ({ timeline: { branch, counter } }) => {
      if (branch === undefined) return 'In recorded history. Changing a register or memory begins a branch.\n';
      const where = branch.changes.map((change) => change.counter).join(', ');
      const ahead = counter < branch.base ? ', which lies ahead' : '';
      return `In a branch from step ${branch.base}${ahead}. Something was changed at: ${where}.\n`;
    },
  },
  discard: {
    usage: 'discard',
    description: 'leave the branch, back to what is recorded',
    async run(session) {
      if (session.timeline.branch === undefined) return 'In recorded history: there is no branch.\n';
      const outcome = await session.cancellable((signal) => session.timeline.discardBranch({ signal }));
      return arrival(session, outcome);
    },
  },
  type: {
    usage: 'type TEXT',
    description: "type a line into the guest's console, at the end of a branch",
    run({ timeline }, words) {
      const sent = timeline.sendConsoleInput(new TextEncoder().encode(`${words.join(' ')}\n`));
      return sent ? '' : 'The guest can be typed to at the end of a branch only: change something first.\n';
    },
  },
  help: {
    usage: 'help',
    description: 'show this list',
    run: help,
  },
};

function help(): string {
  return Object.values(commands)
    .map(({ usage, description }) => `${usage.padEnd(20)}${description}\n`)
    .join('');
}

/** Carries out a line and returns the text to show. */
export async function runMonitorCommand(session: GdbSession, line: string): Promise<string> {
  const [name = '', ...words] = line.trim().split(/\s+/);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return `There is no monitor command '${name}'. These are:\n${help()}`;
  return command.run(session, words);
}
