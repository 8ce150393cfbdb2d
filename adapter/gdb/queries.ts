import { hexToText, parseNumber, textToHex } from './hex.ts';
import { MAXIMUM_PAYLOAD } from './packet.ts';
import { runMonitorCommand } from './monitor.ts';
import { MALFORMED, OK, UNSUPPORTED } from './reply.ts';
import type { GdbSession } from './session.ts';
import { targetDescription } from './target-description.ts';

/** General queries (Debugging with GDB, "General Query Packets"): packets that begin with `q` or `Q`. */

type Query = (session: GdbSession, argument: string) => Promise<string> | string;

const FEATURES = [
  `PacketSize=${MAXIMUM_PAYLOAD.toString(16)}`,
  'QStartNoAckMode+',
  'qXfer:features:read+',
  'ReverseStep+',
  'ReverseContinue+',
  'vContSupported+',
  'swbreak+',
  'hwbreak+',
].join(';');

const supported: Query = (session, argument) => {
  session.clientFeatures = new Set(argument.split(';'));
  return FEATURES;
};

/** A piece of a document: `m` when there is more behind it, `l` when it is the last. */
function slice(document: string, window: string): string {
  const [offsetText = '', lengthText = ''] = window.split(',');
  const offset = parseNumber(offsetText);
  const length = parseNumber(lengthText);
  if (offset === undefined || length === undefined || offset > document.length) return MALFORMED;
  const end = offset + length;
  return (end < document.length ? 'm' : 'l') + document.slice(offset, end);
}

const transfer: Query = (session, argument) => {
  const [object, operation, annex, window = ''] = argument.split(':');
  if (object !== 'features' || operation !== 'read') return UNSUPPORTED;
  // The reply to an unknown annex is E00 by definition.
  return annex === 'target.xml' ? slice(targetDescription(session.hart), window) : 'E00';
};

const threadList: Query = ({ timeline }) => `m${timeline.harts.map(({ index }) => (index + 1).toString(16)).join(',')}`;

const threadExtraInfo: Query = ({ timeline }, argument) => {
  const thread = parseNumber(argument);
  const hart = thread === undefined ? undefined : timeline.harts[thread - 1];
  if (hart === undefined) return MALFORMED;
  return textToHex(`hart ${hart.index}, ${hart.privilege}-mode${hart.waiting ? ', waiting' : ''}`);
};

const monitor: Query = async (session, argument) => {
  const line = hexToText(argument);
  return line === undefined ? MALFORMED : textToHex(await runMonitorCommand(session, line));
};

const setPhysicalMemory: Query = (session, argument) => {
  if (argument !== '0' && argument !== '1') return MALFORMED;
  session.physicalMemory = argument === '1';
  return OK;
};

/** By the name of the packet, which ends at the first `:`, `,` or `;`. */
const queries: Readonly<Record<string, Query>> = {
  qSupported: supported,
  qXfer: transfer,
  qC: (session) => `QC${(session.hartIndex + 1).toString(16)}`,
  qAttached: () => '1',
  qfThreadInfo: threadList,
  qsThreadInfo: () => 'l',
  qThreadExtraInfo: threadExtraInfo,
  qRcmd: monitor,
  'qqemu.PhyMemMode': (session) => (session.physicalMemory ? '1' : '0'),
  'Qqemu.PhyMemMode': setPhysicalMemory,
};

export function answerQuery(session: GdbSession, payload: string): Promise<string> | string {
  const [, name = '', argument = ''] = /^([^:,;]*)[:,;]?(.*)$/s.exec(payload) ?? [];
  const query = Object.hasOwn(queries, name) ? queries[name] : undefined;
  return query === undefined ? UNSUPPORTED : query(session, argument);
}
