import { quiet } from '../emulator/machine/program.ts';
import { Random } from '../random.ts';
import { difference } from './comparison.ts';
import { randomPolicy, runDisturbed, type Disturbance } from './disturbance.ts';
import type { Subject } from './subject.ts';

/**
 * Runs a subject twice, interpreted straight through and disturbed, and compares the whole state at `marks` random moments. Undefined
 * when all are equal, or the first difference in words.
 */
export function compareRuns(subject: Subject, seed: number, how: Disturbance, marks: number): string | undefined {
  const random = new Random(seed);
  const straight = subject.powerOn();
  const disturbed = subject.powerOn();
  straight.translateCode('off');
  if (how.translates) disturbed.translateCode(randomPolicy(random));
  straight.setEventSource(quiet);
  disturbed.setEventSource(quiet);
  const counters = Array.from({ length: marks }, () => 1 + random.below(subject.length)).sort((a, b) => a - b);
  let equal = 0;
  for (const target of counters) {
    straight.run(target);
    runDisturbed(disturbed, target, how, random);
    const found = difference(disturbed, straight);
    if (found !== undefined) return `${subject.name}: equal up to counter ${equal}, then ${found}`;
    equal = target;
  }
  return undefined;
}
