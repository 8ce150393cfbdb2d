import type { TimelineContract } from '../../emulator/replay/timeline.ts';
import { answer } from './commands.ts';
import type { Connection } from './connection.ts';
import { textToHex } from './hex.ts';
import { PacketLink } from './packet-link.ts';
import { failure, OK } from './reply.ts';
import { GdbSession } from './session.ts';
import { initialStop } from './stop-reply.ts';

/** Why a session ended. */
export type SessionEnd = 'detached' | 'killed' | 'disconnected';

const NO_ACK_MODE = 'QStartNoAckMode';

/**
 * Serves one client over a timeline until the client leaves. Packets are answered one after the other; only Ctrl-C is
 * taken while a motion is under way. The timeline stays where the client left it.
 */
export function serveGdb(timeline: TimelineContract, connection: Connection): Promise<SessionEnd> {
  const session = new GdbSession(timeline, initialStop());
  return new Promise((resolve) => {
    const waiting: string[] = [];
    let answering = false;

    const answerAll = async (): Promise<void> => {
      if (answering) return;
      answering = true;
      for (let payload = waiting.shift(); payload !== undefined; payload = waiting.shift()) {
        await answerOne(payload);
      }
      session.forgetInterrupt();
      answering = false;
    };

    const answerOne = async (payload: string): Promise<void> => {
      if (payload === NO_ACK_MODE) {
        link.send(OK);
        link.stopAcknowledging();
        return;
      }
      const reply = await replyTo(session, payload);
      if (/^[TSW]/.test(reply) && payload !== '?') {
        for (const note of session.takeNotes()) link.send(`O${textToHex(`${note}\n`)}`);
      }
      link.send(reply);
      if (session.ending !== undefined) {
        waiting.length = 0;
        link.close();
        resolve(session.ending);
      }
    };

    const link = new PacketLink(connection, {
      packet(payload) {
        waiting.push(payload);
        void answerAll();
      },
      interrupt() {
        session.interrupt();
      },
      closed() {
        waiting.length = 0;
        session.interrupt();
        resolve(session.ending ?? 'disconnected');
      },
    });
  });
}

/** A failure of ours must not leave the client waiting. */
async function replyTo(session: GdbSession, payload: string): Promise<string> {
  try {
    return await answer(session, payload);
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error));
  }
}
