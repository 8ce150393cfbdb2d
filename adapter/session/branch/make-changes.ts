import type { Change } from '../../../emulator/machine/change.ts';
import { formatAddress } from '../address.ts';
import { debuggeeOf, type SessionContext } from '../context.ts';
import { RequestFailure } from '../failure.ts';
import { grouped } from '../motion/stop-report.ts';

/** What is left to do once the client has the response: telling it what to ask for again. */
export type Announcement = () => void;

/** Makes changes at the present moment, and tells of the branch that they begin. Fails with a sentence when they are refused. */
export async function makeChanges(context: SessionContext, changes: readonly Change[]): Promise<Announcement> {
  const debuggee = debuggeeOf(context);
  const { client, view } = context;
  const { timeline } = debuggee;
  const outcome = await timeline.change(changes);
  if (outcome.kind === 'refused') throw new RequestFailure(outcome.why);
  view.renew(debuggee);
  context.stateChanged();
  const moment = grouped(timeline.counter);
  if (outcome.began) {
    client.tell(
      `A branch begins at counter ${moment}: from here on it is not what was recorded. History and its recording stay as they ` +
        'are. "/discard" returns to them, "/compare" tells what differs.',
    );
  }
  if (outcome.lost !== undefined) {
    client.tell(
      `What the branch had from counter ${moment} to ${grouped(outcome.lost)} is gone: it goes on anew from here.`,
    );
  }
  for (const remark of outcome.remarks) client.tell(remark);
  return () => {
    for (const change of changes) {
      if (change.kind === 'virtual-memory') client.memoryChanged(formatAddress(change.address), change.bytes.length);
      if (change.kind === 'physical-memory') {
        client.memoryChanged(`p:${formatAddress(change.address)}`, change.bytes.length);
      }
    }
    // That it is in a branch now is seen where it stands.
    if (outcome.began) context.motions.tellBranch(timeline.counter);
    else client.invalidated('all');
  };
}
