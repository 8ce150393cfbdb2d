import assert from 'node:assert/strict';
import { Arguments } from '../../../adapter/session/arguments.ts';
import { parseAttach } from '../../../adapter/session/configuration/attach.ts';
import { parseLaunch } from '../../../adapter/session/configuration/launch.ts';
import { RequestFailure } from '../../../adapter/session/failure.ts';

const launch = (values: object) => parseLaunch(new Arguments('launch', values));
const attach = (values: object) => parseAttach(new Arguments('attach', values));

/** The sentence with which a configuration is refused. */
function refusal(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    assert.ok(error instanceof RequestFailure, `not a RequestFailure: ${String(error)}`);
    return error.message;
  }
  return assert.fail('the configuration was taken');
}

describe('the launch configuration', () => {
  it('needs a kernel only', () => {
    const { machine, stopOnEntry, stopAt, noDebug } = launch({ kernel: '/k.elf' });
    assert.deepEqual(machine, {
      kernel: '/k.elf',
      initrd: undefined,
      append: '',
      firmware: undefined,
      memory: undefined,
      drives: [],
      virtio: undefined,
      dtb: undefined,
      rtc: undefined,
      seed: undefined,
      recording: undefined,
      keepRecordings: undefined,
      memoryBudget: undefined,
      inputScript: undefined,
    });
    assert.deepEqual([stopOnEntry, stopAt, noDebug], [false, undefined, false]);
  });

  it('takes a firmware image without a kernel', () => {
    assert.deepEqual(launch({ firmware: '/fw.bin' }).machine.firmware, { kind: 'image', path: '/fw.bin' });
    assert.match(
      refusal(() => launch({ firmware: 'none' })),
      /"kernel" is missing/,
    );
  });

  it('reads sizes with and without suffix', () => {
    const memory = (value: unknown) => launch({ kernel: 'k', memory: value }).machine.memory;
    assert.equal(memory('16M'), 16 * 2 ** 20);
    assert.equal(memory('1g'), 2 ** 30);
    assert.equal(memory('64MiB'), 64 * 2 ** 20);
    assert.equal(memory(8192), 8192);
    assert.equal(memory('8192'), 8192);
    for (const wrong of ['lots', '16X', 4095, -4096, 0, '', true]) {
      assert.match(
        refusal(() => memory(wrong)),
        /"memory" must be .* multiple of 4096/,
      );
    }
  });

  it('reads the memory for checkpoints, as attach does', () => {
    const budgets = [
      (value: unknown) => launch({ kernel: 'k', memoryBudget: value }).machine.memoryBudget,
      (value: unknown) => attach({ recording: 'r', memoryBudget: value }).memoryBudget,
    ];
    for (const budget of budgets) {
      assert.equal(budget('64M'), 64 * 2 ** 20);
      assert.equal(budget(2 ** 20), 2 ** 20);
      assert.equal(budget(undefined), undefined);
      for (const wrong of ['lots', '1023K', 0, -1, '', true]) {
        assert.match(
          refusal(() => budget(wrong)),
          /"memoryBudget" must be .* at least 1M/,
        );
      }
    }
  });

  it('reads drives as paths or with their access', () => {
    const drives = ['a.img', { path: 'b.img', readOnly: true }];
    assert.deepEqual(launch({ kernel: 'k', drives }).machine.drives, [
      { path: 'a.img', readOnly: false },
      { path: 'b.img', readOnly: true },
    ]);
    assert.match(
      refusal(() => launch({ kernel: 'k', drives: 'a.img' })),
      /"drives" must be a list/,
    );
    assert.match(
      refusal(() => launch({ kernel: 'k', drives: [{ file: 'a' }] })),
      /drives\[0\]: there is no attribute "file"/,
    );
  });

  it('reads how many recordings to keep, and the interface of the virtio devices', () => {
    assert.equal(launch({ kernel: 'k', keepRecordings: 0 }).machine.keepRecordings, 0);
    assert.match(
      refusal(() => launch({ kernel: 'k', keepRecordings: -1 })),
      /"keepRecordings" must be a number of recordings, 0 or more, not -1/,
    );
    assert.equal(launch({ kernel: 'k', virtio: 'modern' }).machine.virtio, 'modern');
    assert.match(
      refusal(() => launch({ kernel: 'k', virtio: 'new' })),
      /"virtio" must be one of "legacy", "modern"/,
    );
  });

  it('reads where to stop first', () => {
    const stopAt = (value: unknown) => launch({ kernel: 'k', stopAt: value }).stopAt;
    assert.deepEqual(stopAt('panic'), { kind: 'function', name: 'panic' });
    assert.deepEqual(stopAt('0xffffffff80000000'), { kind: 'address', address: 0xffffffff80000000n });
    assert.deepEqual(stopAt('1000'), { kind: 'counter', counter: 1000 });
    assert.deepEqual(stopAt(1000), { kind: 'counter', counter: 1000 });
    assert.match(
      refusal(() => stopAt(-1)),
      /"stopAt" must be/,
    );
  });

  it('checks seed and clock', () => {
    assert.equal(launch({ kernel: 'k', seed: 'AB'.repeat(32) }).machine.seed, 'ab'.repeat(32));
    assert.match(
      refusal(() => launch({ kernel: 'k', seed: 'abc' })),
      /"seed" must be 64 hexadecimal digits/,
    );
    assert.equal(launch({ kernel: 'k', rtc: '1970-01-01T00:00:01Z' }).machine.rtc, 1000);
    assert.match(
      refusal(() => launch({ kernel: 'k', rtc: 'yesterday' })),
      /"rtc" must be/,
    );
  });

  it('names a misspelt attribute, and what was probably meant', () => {
    assert.equal(
      refusal(() => launch({ kernel: 'k', stopOnEntri: true })),
      'launch: there is no attribute "stopOnEntri". Did you mean "stopOnEntry"?',
    );
  });

  it('leaves the attributes of clients alone', () => {
    const own = {
      name: 'Debug',
      type: 'retrograde',
      request: 'launch',
      __sessionId: 'x',
      preLaunchTask: 'm',
      cwd: '/',
    };
    assert.deepEqual(launch({ kernel: 'k', ...own }).ignored, []);
    assert.deepEqual(launch({ kernel: 'k', 'another-client-s': 1, ...own }).ignored, ['another-client-s']);
  });

  it('says what it got instead', () => {
    assert.equal(
      refusal(() => launch({ kernel: 7 })),
      'launch: "kernel" must be a string, not 7.',
    );
    assert.match(
      refusal(() => launch({ kernel: '' })),
      /"kernel" is empty/,
    );
  });
});

describe('the attach configuration', () => {
  it('stands at the end unless it says otherwise', () => {
    assert.deepEqual(attach({ recording: 'r.retrograde' }), {
      recording: 'r.retrograde',
      at: 'end',
      ignored: [],
      memoryBudget: undefined,
      symbols: {
        symbols: [],
        debugDirectories: [],
        sourceMap: [],
        sourceRoots: [],
        guest: undefined,
      },
    });
    assert.equal(attach({ recording: 'r', at: 42 }).at, 42);
    assert.equal(attach({ recording: 'r', at: '42' }).at, 42);
    assert.equal(attach({ recording: 'r', at: 'start' }).at, 'start');
    assert.match(
      refusal(() => attach({ recording: 'r', at: 'middle' })),
      /"at" must be "start", "end" or a counter/,
    );
  });

  it('needs a recording', () => {
    assert.match(
      refusal(() => attach({})),
      /"recording" is missing/,
    );
  });

  it('tells by a path in "symbols" whose file it is, unless an object says it', () => {
    const spaceOf = (...symbols: readonly (string | object)[]): readonly string[] =>
      attach({ recording: 'r', symbols }).symbols.symbols.map(({ space }) => space);
    assert.deepEqual(spaceOf('vmlinux', 'busybox'), ['kernel', 'user']);
    assert.deepEqual(spaceOf('vmlinux', 'e1000.ko', 'dir/nf-tables.ko.debug', 'x.ko.zst'), [
      'kernel',
      'module',
      'module',
      'module',
    ]);
    assert.deepEqual(spaceOf({ file: 'fw.elf', space: 'firmware' }, { file: 'b', space: 'user' }), [
      'firmware',
      'user',
    ]);
    const { symbols } = attach({ recording: 'r', symbols: [{ file: 'vmlinux', address: '0x27200000' }] }).symbols;
    assert.deepEqual(symbols, [{ file: 'vmlinux', space: 'kernel', address: 0x27200000n }]);
    assert.throws(
      () => attach({ recording: 'r', symbols: ['a', { file: 'b', space: 'kernel' }] }),
      /one file of the kernel/,
    );
    assert.throws(
      () => attach({ recording: 'r', symbols: ['a', { file: 'b.ko', address: '0x1000' }] }),
      /for a module/,
    );
  });

  it('reads how sources are found', () => {
    const { symbols } = attach({ recording: 'r', sourceMap: { '/build': '/home/me' }, sourceRoots: ['/src'] });
    assert.deepEqual(symbols.sourceMap, [{ from: '/build', to: '/home/me' }]);
    assert.deepEqual(symbols.sourceRoots, ['/src']);
    assert.match(
      refusal(() => attach({ recording: 'r', sourceMap: { a: 1 } })),
      /sourceMap: "a" must be a string/,
    );
  });
});
