import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DEMO_SOURCES, temporaryFolder, type TestSession } from '../debug-session.ts';

/** Events that come as time passes, not as the session goes. */
const BY_THE_CLOCK = ['retrograde/status', 'retrograde/console', 'progressStart', 'progressUpdate', 'progressEnd'];

/** Numbers by which a session names things: any other would do as well. */
const IDENTIFIERS = /^(id|frameId|variablesReference|\w+LocationReference|locationReference|sourceReference)$/;

/**
 * What a client and the adapter say to each other, as text for people: `>` before requests, `<` before responses, `!` before
 * refusals, `*` before events. What the guest prints is at the end, for how it is cut into events is chance.
 */
export class Transcript {
  readonly #lines: string[] = [];
  readonly #session: TestSession;

  private constructor(session: TestSession) {
    this.#session = session;
  }

  /** From now on. */
  static of(session: TestSession): Transcript {
    const transcript = new Transcript(session);
    const { client } = session;
    const send = client.send.bind(client) as (command: string, args?: unknown) => Promise<DebugProtocol.Response>;
    const dispatch: unknown = Reflect.get(client, 'dispatch');
    assert.ok(typeof dispatch === 'function');
    Object.assign(client, {
      send: (command: string, args?: unknown): Promise<DebugProtocol.Response> => {
        if (!BY_THE_CLOCK.includes(command)) transcript.#note('>', command, args);
        return send(command, args);
      },
      // In the order in which the adapter sent it: promises and listeners hear of it later.
      dispatch: (text: string): void => {
        transcript.#hear(JSON.parse(text) as DebugProtocol.ProtocolMessage);
        Reflect.apply(dispatch, client, [text]);
      },
    });
    return transcript;
  }

  /** Compares it with the file of this name beside the tests; writes that when RETROGRADE_UPDATE is set. */
  assertGolden(name: string): void {
    const file = path.join(import.meta.dirname, `${name}.txt`);
    const printed = (this.#session.output.get('stdout') ?? '').trimEnd();
    const told = [...this.#lines, ...(printed === '' ? [] : ['', printed.replace(/^/gm, '  ')])].join('\n');
    const text = normal(told).trimEnd() + '\n';
    if (process.env['RETROGRADE_UPDATE'] !== undefined) writeFileSync(file, text);
    assert.ok(existsSync(file), `${file} is missing: run with RETROGRADE_UPDATE=1, and read what it says`);
    assert.equal(text, readFileSync(file, 'utf8'), `${name}.txt is another session than this one`);
  }

  #hear(message: DebugProtocol.ProtocolMessage): void {
    if (isResponse(message)) {
      if (BY_THE_CLOCK.includes(message.command)) return;
      if (message.success) this.#note('<', message.command, message.body);
      else this.#lines.push(`! ${message.command} ${message.message ?? ''}`);
    } else if (isEvent(message) && !isByTheClock(message)) this.#note('*', message.event, message.body);
  }

  #note(mark: string, name: string, content: unknown): void {
    this.#lines.push(`${mark} ${name}${describe(content, '')}`);
  }
}

function isResponse(message: DebugProtocol.ProtocolMessage): message is DebugProtocol.Response {
  return message.type === 'response';
}

function isEvent(message: DebugProtocol.ProtocolMessage): message is DebugProtocol.Event {
  return message.type === 'event';
}

function isByTheClock(event: DebugProtocol.Event): boolean {
  if (BY_THE_CLOCK.includes(event.event)) return true;
  return event.event === 'output' && (event as DebugProtocol.OutputEvent).body.category === 'stdout';
}

/** One line for what is short; else each member on a line of its own. */
function describe(content: unknown, indentation: string): string {
  if (content === undefined) return '';
  const plain = JSON.stringify(content, (key, value: unknown) =>
    IDENTIFIERS.test(key) && typeof value === 'number' && value !== 0 ? '#' : value,
  );
  if (plain.length <= 140) return ` ${plain}`;
  const inner = `${indentation}  `;
  if (Array.isArray(content)) return content.map((item) => `\n${inner}-${describe(item, inner)}`).join('');
  if (typeof content !== 'object' || content === null) return ` ${plain}`;
  return Object.entries(content)
    .map(([key, value]) =>
      IDENTIFIERS.test(key) && typeof value === 'number' ? '' : `\n${inner}${key}:${describe(value, inner)}`,
    )
    .join('');
}

/** Without the names of folders of this computer. */
function normal(text: string): string {
  return text.replaceAll(DEMO_SOURCES, '$DEMO').replaceAll(temporaryFolder(), '$TEMPORARY');
}
