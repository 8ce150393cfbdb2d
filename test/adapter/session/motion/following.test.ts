import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { following } from '../../../../adapter/session/motion/following.ts';

/** A run that lasts until its signal is aborted. */
const untilAborted = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('aborted before');
    else {
      signal.addEventListener('abort', () => {
        resolve('aborted');
      });
    }
  });

describe('A run that follows signals', () => {
  it('is aborted with any of them', async () => {
    for (const which of [0, 1]) {
      const controllers = [new AbortController(), new AbortController()];
      const run = following(
        controllers.map(({ signal }) => signal),
        untilAborted,
      );
      controllers[which]?.abort();
      assert.equal(await run, 'aborted');
    }
  });

  it('begins aborted when one of them is', async () => {
    assert.equal(await following([undefined, AbortSignal.abort()], untilAborted), 'aborted before');
  });

  it('leaves nothing behind, however it ends', async () => {
    const { signal } = new AbortController();
    for (let count = 0; count < 100; count++) {
      assert.equal(await following([signal], () => Promise.resolve(1)), 1);
      await assert.rejects(following([signal], () => Promise.reject(new Error('it fails'))));
    }
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });
});
