import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { nodeHost } from '../../../adapter/host/node-host.ts';
import { RetrogradeSession } from '../../../adapter/session/session.ts';

const documentation = readFileSync(new URL('../../../DAP.md', import.meta.url), 'utf8');

/** Events, and the messages of a page with a worker: they are documented, and no requests. */
const NO_REQUESTS = [
  'retrograde/status',
  'retrograde/console',
  'retrograde/results',
  'retrograde/files',
  'retrograde/recording',
];

describe('DAP.md', () => {
  const { requests } = new RetrogradeSession(nodeHost('test'), () => undefined);
  const own = requests.filter((request) => request.startsWith('retrograde/'));
  const documented = [...documentation.matchAll(/retrograde\/\w+/g)].map(([name]) => name);

  it('has every request that Retrograde adds, with its arguments', () => {
    assert.ok(own.length > 10);
    for (const request of own) {
      assert.match(documentation, new RegExp(`\`${request}\`(, \`|[^\\n]{0,40}\`\\{)`), request);
    }
  });

  it('has no request that there is not', () => {
    const unknown = documented.filter((name) => !own.includes(name) && !NO_REQUESTS.includes(name));
    assert.deepEqual([...new Set(unknown)], []);
  });
});
