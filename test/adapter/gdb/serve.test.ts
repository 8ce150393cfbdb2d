import assert from 'node:assert/strict';
import { hexToText } from '../../../adapter/gdb/hex.ts';
import { serveGdb } from '../../../adapter/gdb/serve.ts';
import { TestClient } from './client.ts';
import { ScriptedTimeline } from './scripted-timeline.ts';

describe('the GDB remote server', () => {
  let timeline: ScriptedTimeline;
  let client: TestClient;
  let ended: Promise<string>;

  beforeEach(() => {
    timeline = new ScriptedTimeline(100, [
      { counter: 33, value: 7n },
      { counter: 55, value: 9n },
    ]);
    client = new TestClient();
    ended = serveGdb(timeline, client.connection);
  });

  describe('as a link', () => {
    it('acknowledges packets until it is asked not to', async () => {
      await client.ask('?');
      assert.deepEqual(client.received, ['+', 'T05thread:1;']);
      await client.ask('QStartNoAckMode');
      assert.deepEqual(client.received, ['+', 'OK']);
      await client.ask('?');
      assert.deepEqual(client.received, ['T05thread:1;']);
    });

    it('asks for a damaged packet again, and repeats its own when asked', async () => {
      client.send('$g#00');
      assert.deepEqual(client.received, ['-']);
      await client.ask('qC');
      client.send('-');
      assert.deepEqual(client.received, ['+', 'QC1', 'QC1']);
    });

    it('answers what it does not know with an empty packet', async () => {
      for (const packet of ['vMustReplyEmpty', 'qTStatus', 'QNonStop:1', '!', 'toString', 'qtoString', 'vtoString']) {
        assert.equal(await client.ask(packet), '', packet);
      }
    });

    it('answers what it cannot read with an error', async () => {
      for (const packet of ['mzz,4', 'm1000', 'Z9,0,4', 'Z2,80001000,0', 'Hx1', 'p', 'qRcmd,0', 'vCont;x']) {
        assert.equal(await client.ask(packet), 'E16', packet);
      }
    });
  });

  describe('introduces itself', () => {
    it('with the features it has', async () => {
      const features = (await client.ask('qSupported:swbreak+;hwbreak+')).split(';');
      for (const feature of ['ReverseStep+', 'ReverseContinue+', 'vContSupported+', 'qXfer:features:read+']) {
        assert.ok(features.includes(feature), feature);
      }
    });

    it('with a target description, in as many pieces as the client wants', async () => {
      let document = '';
      for (let last = false; !last;) {
        const piece = await client.ask(`qXfer:features:read:target.xml:${document.length.toString(16)},100`);
        last = piece.startsWith('l');
        document += piece.slice(1);
      }
      assert.match(document, /<osabi>none<\/osabi>/);
      assert.match(document, /<reg name="pc" bitsize="64" regnum="32" type="code_ptr"\/>/);
      assert.match(document, /<reg name="mstatus" bitsize="64" regnum="833" type="int"\/>/);
      assert.doesNotMatch(document, /name="satp"/, 'this hart has no satp');
      assert.equal(await client.ask('qXfer:features:read:other.xml:0,100'), 'E00');
    });

    it('with its harts as threads', async () => {
      assert.equal(await client.ask('qfThreadInfo'), 'm1');
      assert.equal(await client.ask('qsThreadInfo'), 'l');
      assert.equal(hexToText(await client.ask('qThreadExtraInfo,1')), 'hart 0, M-mode');
      assert.equal(await client.ask('T1'), 'OK');
      assert.match(await client.ask('T2'), /^E/);
      assert.equal(await client.ask('Hg1'), 'OK');
      assert.match(await client.ask('Hg2'), /^E/);
    });
  });

  describe('reads', () => {
    it('general registers at once, and any register by number', async () => {
      timeline.counter = 18;
      const registers = await client.ask('g');
      assert.equal(registers.length, 65 * 16);
      assert.equal(registers.slice(10 * 16, 11 * 16), '1200000000000000', 'a0');
      assert.equal(registers.slice(32 * 16, 33 * 16), '2000008000000000', 'pc');
      assert.equal(await client.ask('p20'), '2000008000000000');
      assert.equal(await client.ask('p341'), '0020000008000000', 'mstatus');
      assert.equal(await client.ask('p1041'), '0300000000000000', 'the privilege mode');
      assert.match(await client.ask('p1c1'), /^E/, 'no satp here');
    });

    it('memory, as far as there is any', async () => {
      timeline.counter = 34;
      assert.equal(await client.ask('m80001000,8'), '0700000000000000');
      assert.equal(await client.ask('m80001ffe,8'), '0000');
      assert.equal(await client.ask('m10,8'), 'E0e');
    });

    it('physical memory when the client wants that', async () => {
      timeline.counter = 34;
      assert.equal(await client.ask('qqemu.PhyMemMode'), '0');
      assert.equal(await client.ask('Qqemu.PhyMemMode:1'), 'OK');
      assert.equal(await client.ask('qqemu.PhyMemMode'), '1');
      assert.equal(await client.ask('m80000000,8'), '0700000000000000');
    });
  });

  it('changes registers and memory, and tells of the branch with the next stop', async () => {
    timeline.counter = 3;
    const registers = await client.ask('g');
    assert.equal(await client.ask(`G${registers}`), 'OK');
    assert.equal(timeline.changed.length, 0);
    assert.equal(await client.ask('P0a=0102000000000080'), 'OK');
    assert.equal(await client.ask(`G${registers.slice(0, 16)}${'22'.repeat(8)}${registers.slice(32)}`), 'OK');
    assert.equal(await client.ask('M80001000,2:0a0b'), 'OK');
    assert.equal(await client.ask('X80001000,1:a'), 'OK');
    assert.equal(await client.ask('X80001000,0:'), 'OK');
    assert.deepEqual(timeline.changed, [
      { kind: 'integer-register', hart: 0, register: 10, value: 0x8000_0000_0000_0201n },
      { kind: 'integer-register', hart: 0, register: 1, value: 0x2222_2222_2222_2222n },
      { kind: 'virtual-memory', hart: 0, address: 0x8000_1000n, bytes: Uint8Array.of(10, 11) },
      { kind: 'virtual-memory', hart: 0, address: 0x8000_1000n, bytes: Uint8Array.of(97) },
    ]);
    const said = hexToText((await client.ask('s80000004')).slice(1)) ?? '';
    assert.match(said, /^In a branch from step 3: .*`monitor discard`/);
    assert.deepEqual(timeline.changed.at(-1), { kind: 'pc', hart: 0, value: 0x8000_0004n });
    for (const packet of ['G00', 'P0a=01', 'M80001000,1:0', 'X80001000,2:a', 'czz']) {
      assert.equal(await client.ask(packet), 'E16', packet);
    }
    assert.match(await client.ask('P00=0100000000000000'), /^E\.x0 is always zero/);
  });

  describe('moves', () => {
    it('a step at a time, both ways', async () => {
      assert.equal(await client.ask('vCont;s:1;c'), 'T05thread:1;');
      assert.equal(await client.ask('s'), 'T05thread:1;');
      assert.equal(timeline.counter, 2);
      assert.equal(await client.ask('bs'), 'T05thread:1;');
      assert.equal(timeline.counter, 1);
    });

    it('to breakpoints, both ways, and says which kind if the client can read it', async () => {
      await client.ask('Z0,80000010,4');
      assert.equal(await client.ask('c'), 'T05thread:1;');
      await client.ask('qSupported:swbreak+;hwbreak+');
      assert.equal(await client.ask('vCont;c'), 'T05swbreak:;thread:1;');
      assert.equal(timeline.counter, 14);
      await client.ask('z0,80000010,4');
      await client.ask('Z1,8000000c,4');
      assert.equal(await client.ask('bc'), 'T05hwbreak:;thread:1;');
      assert.equal(timeline.counter, 13);
    });

    it('to the near side of a watched access, since gdb goes over it by a step of its own', async () => {
      await client.ask('Z2,80001004,4');
      assert.equal(await client.ask('c'), 'T05watch:80001004;thread:1;');
      assert.equal(timeline.counter, 33, 'before the write');
      assert.equal(await client.ask('s'), 'T05thread:1;');
      await client.ask('c');
      await client.ask('s');
      assert.equal(timeline.counter, 56);
      await client.ask('bs');
      assert.equal(await client.ask('bc'), 'T05watch:80001004;thread:1;');
      assert.equal(timeline.counter, 34, 'after the write');
    });

    it('by a step that meets a watchpoint, but only once', async () => {
      await client.ask('Z2,80001000,8');
      timeline.counter = 32;
      assert.equal(await client.ask('s'), 'T05thread:1;');
      assert.equal(await client.ask('s'), 'T05watch:80001000;thread:1;');
      assert.equal(timeline.counter, 33, 'before the write');
      assert.equal(await client.ask('s'), 'T05thread:1;');
      assert.equal(timeline.counter, 34);
      assert.equal(await client.ask('bs'), 'T05watch:80001000;thread:1;');
      assert.equal(timeline.counter, 34, 'after the write');
      assert.equal(await client.ask('bs'), 'T05thread:1;');
      assert.equal(timeline.counter, 33);
    });

    it('on over an announced access, though the watchpoint stays in place', async () => {
      await client.ask('Z2,80001000,8');
      const counters: number[] = [];
      for (const packet of ['c', 'c', 'c', 'bc', 'bc', 'bc']) {
        await client.ask(packet);
        counters.push(timeline.counter);
      }
      assert.deepEqual(counters, [33, 55, 100, 56, 34, 0]);
    });

    it('to both ends of history, and says so', async () => {
      assert.equal(await client.ask('c'), 'T05replaylog:end;thread:1;');
      assert.equal(await client.ask('s'), 'T05replaylog:end;thread:1;');
      assert.equal(await client.ask('bc'), 'T05replaylog:begin;thread:1;');
      assert.equal(await client.ask('bs'), 'T05replaylog:begin;thread:1;');
      assert.equal(await client.ask('?'), 'T05replaylog:begin;thread:1;');
    });

    it('until it is interrupted', async () => {
      let begin = (): void => undefined;
      timeline.delay = new Promise((resolve) => (begin = resolve));
      const reply = client.ask('c');
      client.interrupt();
      begin();
      assert.equal(await reply, 'T02thread:1;');
    });

    it('until an interrupt that crossed with a hit, for a client that goes on by itself', async () => {
      await client.ask('Z0,80000010,4');
      await client.ask('c');
      client.interrupt();
      await client.ask('g');
      const counter = timeline.counter;
      assert.equal(await client.ask('c'), 'T02thread:1;');
      assert.equal(timeline.counter, counter);
      assert.notEqual(await client.ask('c'), 'T02thread:1;');
    });

    it('and is not stopped by an interrupt that came long ago', async () => {
      await client.ask('Z0,80000010,4');
      await client.ask('c');
      client.interrupt();
      await new Promise((resolve) => setTimeout(resolve, 600));
      assert.notEqual(await client.ask('c'), 'T02thread:1;');
    });

    it('and is not stopped by an interrupt that came when nothing moved', async () => {
      client.interrupt();
      await client.ask('?');
      assert.equal(await client.ask('c'), 'T05replaylog:end;thread:1;');
    });
  });

  describe('takes monitor commands', () => {
    it('to travel', async () => {
      assert.match(hexToText(await client.monitor('goto 42')) ?? '', /^At step 42\. /);
      assert.equal(timeline.counter, 42);
      assert.equal(hexToText(await client.monitor('when')), 'step 42 of 100\n');
      await client.monitor('goto end');
      assert.equal(timeline.counter, 100);
      await client.monitor('goto start');
      assert.equal(timeline.counter, 0);
      assert.match(hexToText(await client.monitor('goto 1000')) ?? '', /^At step 100, the end of the recording/);
    });

    it('to see what the guest printed, and what state it is in', async () => {
      assert.equal(hexToText(await client.monitor('console 2')), 'two\nthree\n');
      assert.equal(hexToText(await client.monitor('console')), 'one\ntwo\nthree\n');
      assert.equal(hexToText(await client.monitor('console x')), 'console wants a number of lines.\n');
      assert.equal(hexToText(await client.monitor('digest')), `${timeline.digest()}\n`);
    });

    it('and explains those it does not understand', async () => {
      assert.equal(
        hexToText(await client.monitor('goto nowhere')),
        'goto wants a step from 0 to 100, or start, or end.\n',
      );
      assert.match(hexToText(await client.monitor('frobnicate')) ?? '', /no monitor command 'frobnicate'[^]*goto N/);
      assert.match(hexToText(await client.monitor('help')) ?? '', /when/);
    });
  });

  describe('ends', () => {
    it('when the client detaches', async () => {
      assert.equal(await client.ask('D'), 'OK');
      assert.equal(await ended, 'detached');
      assert.ok(client.closed);
    });

    it('when the client kills', async () => {
      assert.equal(await client.ask('vKill;1'), 'OK');
      assert.equal(await ended, 'killed');
    });

    it('when the connection breaks, and stops what was under way', async () => {
      let begin = (): void => undefined;
      timeline.delay = new Promise((resolve) => (begin = resolve));
      void client.ask('c');
      client.leave();
      begin();
      assert.equal(await ended, 'disconnected');
    });
  });
});
