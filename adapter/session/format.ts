import { DECIMAL } from '../symbols/variables/value-format.ts';
import type { SessionContext } from './context.ts';
import type { Handlers } from './handlers.ts';

/** `retrograde/format`: how numbers are shown where a request does not say, as those of VS Code never do. */
export function formatHandlers(context: SessionContext): Handlers {
  return {
    'retrograde/format': (args) => {
      const changed = showNumbers(context, args.optionalBoolean('hex') ?? context.view.format.hex);
      return {
        body: { hex: context.view.format.hex },
        after: () => {
          if (changed) context.client.invalidated('variables');
        },
      };
    },
  };
}

/** Shows integers in hexadecimal from now on, or not; returns whether that is news. */
export function showNumbers({ view }: SessionContext, hex: boolean): boolean {
  if (view.format.hex === hex) return false;
  view.format = hex ? { hex } : DECIMAL;
  return true;
}
