import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Debuggee } from '../debuggee.ts';
import type { StoppedView, VariableSource } from '../stopped-view.ts';
import { clintFields } from './clint.ts';
import { peekRegister, type DeviceField } from './fields.ts';
import { plicFields } from './plic.ts';
import { uartFields } from './uart.ts';
import { virtioFields } from './virtio.ts';

/** The devices of the board as scopes. They are looked at when they are opened, and only by peeking (law 6). */
export function deviceScopes({ timeline }: Debuggee, view: StoppedView): DebugProtocol.Scope[] {
  const peek = peekRegister(timeline);
  const scope = (name: string, fields: () => readonly DeviceField[]): DebugProtocol.Scope => ({
    name,
    variablesReference: view.reference(sourceOf(fields, view)),
    expensive: true,
  });
  return [
    scope('PLIC', () => plicFields(peek)),
    scope('CLINT', () => clintFields(peek, timeline.harts.length)),
    scope('UART', () => uartFields(peek)),
    scope('virtio', () => virtioFields(peek, timeline.virtqueues())),
  ];
}

function sourceOf(fields: () => readonly DeviceField[], view: StoppedView): VariableSource {
  return {
    list: (start, count) =>
      fields()
        .slice(start, count === undefined ? undefined : start + count)
        .map(({ name, text, parts }) => ({
          name,
          value: text,
          variablesReference: parts === undefined ? 0 : view.reference(sourceOf(() => parts, view)),
        })),
  };
}
