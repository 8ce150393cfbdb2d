import assert from 'node:assert/strict';
import { runCampaign } from './campaign.ts';

describe('damaged files of every kind', () => {
  it('are refused with a reason that names the place, or read as far as they can be', function () {
    this.timeout(0);
    const { files, usable } = runCampaign(3000);
    assert.ok(usable > files / 2, `${usable} of ${files} could be used`);
  });
});
