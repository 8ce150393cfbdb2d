import assert from 'node:assert/strict';
import { Plic } from '../../../../emulator/machine/devices/plic.ts';

const PENDING = 0x1000;
const context = (index: number) => ({
  enable: 0x2000 + index * 0x80,
  threshold: 0x20_0000 + index * 0x1000,
  claim: 0x20_0004 + index * 0x1000,
});
const M = context(0);
const S = context(1);

function interruptController() {
  const pins = { meip: false, seip: false };
  const plic = new Plic([{ set: (level) => (pins.meip = level) }, { set: (level) => (pins.seip = level) }]);
  return {
    plic,
    pins,
    priority: (source: number, priority: number) => {
      plic.write(4 * source, 4, priority);
    },
    store: (offset: number, value: number) => {
      plic.write(offset, 4, value);
    },
    load: (offset: number) => plic.read(offset),
  };
}

describe('the PLIC', () => {
  it('interrupts only for an enabled source with a priority above the threshold', () => {
    const { plic, pins, priority, store } = interruptController();
    plic.source(10).set(true);
    assert.equal(pins.seip, false, 'not enabled, priority 0');
    store(S.enable, 1 << 10);
    assert.equal(pins.seip, false, 'priority 0 never interrupts');
    priority(10, 3);
    assert.equal(pins.seip, true);
    assert.equal(pins.meip, false, 'each context has its own enables');
    store(S.threshold, 3);
    assert.equal(pins.seip, false);
    store(S.threshold, 2);
    assert.equal(pins.seip, true);
  });

  it('gives out the highest priority first, then the lowest number', () => {
    const { plic, priority, store, load } = interruptController();
    for (const [source, level] of [
      [5, 1],
      [40, 7],
      [41, 7],
      [95, 2],
    ] as const) {
      priority(source, level);
      plic.source(source).set(true);
    }
    store(M.enable, 1 << 5);
    store(M.enable + 4, (1 << 8) | (1 << 9));
    store(M.enable + 8, 0x8000_0000);
    assert.deepEqual(
      Array.from({ length: 5 }, () => load(M.claim)),
      [40, 41, 95, 5, 0],
    );
  });

  it('shows a claimed source as neither pending nor interrupting until it is completed', () => {
    const { plic, pins, priority, store, load } = interruptController();
    priority(1, 1);
    store(S.enable, 1 << 1);
    plic.source(1).set(true);
    assert.equal(load(PENDING), 1 << 1);
    assert.equal(load(S.claim), 1);
    assert.equal(load(PENDING), 0);
    assert.equal(pins.seip, false);
    assert.equal(load(S.claim), 0);
    store(S.claim, 1);
    assert.equal(pins.seip, true, 'the line is still high');
    assert.equal(load(S.claim), 1);
    plic.source(1).set(false);
    store(S.claim, 1);
    assert.equal(pins.seip, false);
  });

  it('keeps a request that comes while its source is claimed for after completion', () => {
    const { plic, pins, priority, store, load } = interruptController();
    priority(1, 1);
    store(S.enable, 1 << 1);
    plic.source(1).set(true);
    load(S.claim);
    plic.source(1).set(false);
    plic.source(1).set(true);
    assert.equal(pins.seip, false);
    store(S.claim, 1);
    assert.equal(pins.seip, true);
  });

  it('does not take back a request whose line falls before it is claimed', () => {
    const { plic, pins, priority, store, load } = interruptController();
    priority(1, 1);
    store(S.enable, 1 << 1);
    plic.source(1).set(true);
    plic.source(1).set(false);
    assert.equal(pins.seip, true);
    assert.equal(load(S.claim), 1);
    store(S.claim, 1);
    assert.equal(pins.seip, false);
  });

  it('forgets a request that came and went while its source was claimed', () => {
    const { plic, pins, priority, store, load } = interruptController();
    priority(1, 1);
    store(S.enable, 1 << 1);
    plic.source(1).set(true);
    load(S.claim);
    plic.source(1).set(false);
    plic.source(1).set(true);
    plic.source(1).set(false);
    store(S.claim, 1);
    assert.equal(pins.seip, false);
  });

  it('ignores completion of what does not exist', () => {
    const { load, store } = interruptController();
    for (const id of [0, 96, 0xffff_ffff]) store(S.claim, id);
    assert.equal(load(S.claim), 0);
  });

  it('has no source 0 and no interrupt for it', () => {
    const { plic, pins, priority, store } = interruptController();
    assert.throws(() => plic.source(0), RangeError);
    assert.throws(() => plic.source(96), RangeError);
    priority(0, 7);
    store(M.enable, 0xffff_ffff);
    assert.equal(pins.meip, false);
  });

  it('does not claim for a debugger that looks', () => {
    const { plic, pins, priority, store } = interruptController();
    priority(10, 1);
    store(S.enable, 1 << 10);
    plic.source(10).set(true);
    assert.equal(plic.peek(S.claim), 10);
    assert.equal(pins.seip, true);
  });
});
