import { debuggeeOf, type SessionContext } from '../context.ts';
import { RequestFailure } from '../failure.ts';

/** Sends bytes to the guest's console. Throws when the present moment is history, which nothing typed can change. */
export function sendToGuest(context: SessionContext, bytes: Uint8Array): void {
  const { timeline } = debuggeeOf(context);
  if (timeline.sendConsoleInput(bytes)) return;
  throw new RequestFailure(
    timeline.exit === undefined
      ? 'The guest cannot be typed to in the past. Go to the live end of the recording first, or begin a branch: "/branch here".'
      : 'The guest has ended: it takes no more input.',
  );
}
