import assert from 'node:assert/strict';
import type { Debuggee } from '../../../../adapter/session/debuggee.ts';
import type { Random } from '../../../random.ts';
import type { InProcessClient } from '../in-process-client.ts';

type Granularity = 'statement' | 'line' | 'instruction';

/** What a motion forwards is undone by, and from where that is promised (DAP.md, "Motion"). */
const CASES = { instructions, nextInstruction, lines, intoCalls, navigation } as const;

type CaseName = keyof typeof CASES;

const CASE_NAMES = Object.keys(CASES) as readonly CaseName[];

/** How a case went; `pointless` when the motion did not stay where going back is promised. */
type Outcome = 'same' | 'pointless' | { readonly wrong: string };

/** One random case: goes forward from a moment, and back. */
async function goThereAndBack(client: InProcessClient, name: CaseName, from: number, random: Random): Promise<Outcome> {
  await client.travel(from);
  return CASES[name](client, random);
}

/** Moments worth beginning at: within some thousand steps of a trap, where a kernel does most of what it does. */
export async function livelyMoments({ timeline }: Debuggee, count: number, random: Random): Promise<readonly number[]> {
  const moments: number[] = [];
  while (moments.length < count) {
    await timeline.travelTo(Math.floor((random.bits32() / 2 ** 32) * timeline.end));
    await timeline.run({ conditions: [{ kind: 'trap', cause: undefined }] });
    for (let near = 0; near < 10; near++) moments.push(Math.max(0, timeline.counter - 2000 + random.below(8000)));
  }
  return moments.filter((moment) => moment < timeline.end);
}

async function instructions(client: InProcessClient, random: Random): Promise<Outcome> {
  const count = 1 + random.below(4);
  const origin = await client.counter();
  for (let step = 0; step < count; step++) await by(client, 'stepIn', 'instruction');
  for (let step = 0; step < count; step++) await by(client, 'stepBack', 'instruction');
  return outcome(`${count} times stepi from ${origin}, and as often back`, await client.counter(), origin);
}

async function nextInstruction(client: InProcessClient): Promise<Outcome> {
  const [origin, frame] = [await client.counter(), await frameOf(client)];
  const there = await by(client, 'next', 'instruction');
  if ((await frameOf(client)) !== frame) return 'pointless';
  const back = await by(client, 'retrograde/reverseNext', 'instruction');
  return outcome(`nexti from ${origin} to ${there}, and back`, back, origin);
}

async function lines(client: InProcessClient, random: Random): Promise<Outcome> {
  const unit = random.pick(['line', 'statement'] as const);
  const start = await lineStart(client, unit);
  if (start === undefined) return 'pointless';
  const there = await by(client, 'next', unit);
  if ((await frameOf(client)) !== start.frame) return 'pointless';
  return outcome(`next from ${start.counter} to ${there}, and back`, await by(client, 'stepBack', unit), start.counter);
}

async function intoCalls(client: InProcessClient, random: Random): Promise<Outcome> {
  const unit = random.pick(['line', 'statement'] as const);
  const start = await lineStart(client, unit);
  if (start === undefined) return 'pointless';
  const there = await by(client, 'stepIn', unit);
  const frame = await frameOf(client);
  // Into a callee, or on in the same frame.
  if (frame !== start.frame && !frame.endsWith(`/${start.frame}`)) return 'pointless';
  const back = await by(client, 'retrograde/reverseStepIn', unit);
  return outcome(`stepIn from ${start.counter} to ${there}, and back`, back, start.counter);
}

async function navigation(client: InProcessClient, random: Random): Promise<Outcome> {
  const visited = [await client.counter()];
  for (let count = 2 + random.below(4); count > 0; count--) {
    const motion = random.pick(['next', 'stepIn', 'stepBack', 'retrograde/reverseStepIn', 'travel'] as const);
    const to =
      motion === 'travel'
        ? (await client.travel(random.below(await client.end()))).counter
        : await by(client, motion, random.pick(['line', 'statement', 'instruction'] as const));
    // To stand still is no visit.
    if (to !== visited.at(-1)) visited.push(to);
  }
  const retraced = [visited.at(-1)];
  const again = [visited[0]];
  for (let count = 1; count < visited.length; count++) retraced.push(await navigate(client, 'back'));
  for (let count = 1; count < visited.length; count++) again.push(await navigate(client, 'forth'));
  const text = (moments: readonly (number | undefined)[]): string => moments.join(' ');
  if (text(retraced.reverse()) !== text(visited)) return { wrong: `visited ${text(visited)}; back ${text(retraced)}` };
  return text(again) === text(visited) ? 'same' : { wrong: `visited ${text(visited)}; and forth ${text(again)}` };
}

/** To where a step by line stops in a frame after having stopped in it before. Undefined when the frame ends before that. */
async function lineStart(
  client: InProcessClient,
  unit: Granularity,
): Promise<{ readonly counter: number; readonly frame: string } | undefined> {
  await by(client, 'next', unit);
  const frame = await frameOf(client);
  const counter = await by(client, 'next', unit);
  return (await frameOf(client)) === frame ? { counter, frame } : undefined;
}

/** The functions of the stack, innermost first: alike in two moments of one frame. */
async function frameOf(client: InProcessClient): Promise<string> {
  return (await client.stack()).map(({ name }) => name).join('/');
}

async function by(client: InProcessClient, command: string, granularity: Granularity): Promise<number> {
  return (await client.move(command, { threadId: 1, granularity })).counter;
}

async function navigate(client: InProcessClient, to: 'back' | 'forth'): Promise<number> {
  return (await client.move('retrograde/navigate', { to })).counter;
}

function outcome(what: string, actual: number, expected: number): Outcome {
  return actual === expected ? 'same' : { wrong: `${what}: at ${actual}, not ${expected}` };
}

/** Goes through cases until so many of each have had a point. */
export async function assertThereAndBack(
  client: InProcessClient,
  moments: readonly number[],
  ofEach: number,
  random: Random,
): Promise<void> {
  const failures: string[] = [];
  for (const name of CASE_NAMES) {
    let tried = 0;
    for (let done = 0; done < ofEach;) {
      assert.ok(++tried < 20 * ofEach, `${name}: hardly any moment is of use`);
      const result = await goThereAndBack(client, name, random.pick(moments), random);
      if (result === 'pointless') continue;
      done++;
      if (result !== 'same') failures.push(`${name}: ${result.wrong}`);
    }
  }
  assert.deepEqual(failures, []);
}
