import assert from 'node:assert/strict';
import { debuggable, withAbsolutePaths } from '../../extension/configuration.ts';

describe('what a file can be debugged as', () => {
  it('is told by its name', () => {
    assert.deepEqual(debuggable('/bugs/crash.retrograde'), { request: 'attach', recording: '/bugs/crash.retrograde' });
    assert.deepEqual(debuggable('C:\\bugs\\crash.retrograde'), {
      request: 'attach',
      recording: 'C:\\bugs\\crash.retrograde',
    });
    for (const kernel of ['/k/kernel.elf', '/k/vmlinux', '/k/vmlinux-6.12.1', '/k/Image', '/k/Image.gz']) {
      assert.deepEqual(debuggable(kernel), { request: 'launch', kernel });
    }
    for (const other of ['/k/main.c', '/k/Image.c', '/k/vmlinux.h', '/k.elf/readme', '']) {
      assert.equal(debuggable(other), undefined, other);
    }
  });
});

describe('paths of a configuration', () => {
  const absolute = (path: string): string => (path.startsWith('/') ? path : `/folder/${path}`);

  it('become absolute wherever one may stand', () => {
    assert.deepEqual(
      withAbsolutePaths(
        {
          kernel: 'kernel.elf',
          symbols: '/elsewhere/vmlinux',
          firmware: 'opensbi.bin',
          sourceRoots: ['src', '/usr/src'],
          drives: ['disk.img', { path: 'root.img', readOnly: true }],
          append: 'console=ttyS0',
          sourceMap: { '/build': 'src' },
        },
        absolute,
      ),
      {
        kernel: '/folder/kernel.elf',
        symbols: '/elsewhere/vmlinux',
        firmware: '/folder/opensbi.bin',
        sourceRoots: ['/folder/src', '/usr/src'],
        drives: ['/folder/disk.img', { path: '/folder/root.img', readOnly: true }],
        append: 'console=ttyS0',
        sourceMap: { '/build': 'src' },
      },
    );
  });

  it('are told from words', () => {
    assert.deepEqual(withAbsolutePaths({ firmware: 'none' }, absolute), { firmware: 'none' });
    assert.deepEqual(withAbsolutePaths({ firmware: 'builtin' }, absolute), { firmware: 'builtin' });
  });

  it('of a wrong type are left for the adapter to refuse', () => {
    const wrong = { kernel: 7, drives: 'disk.img', sourceRoots: [null] };
    assert.deepEqual(withAbsolutePaths(wrong, absolute), { ...wrong, drives: '/folder/disk.img' });
  });
});
