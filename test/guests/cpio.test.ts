import assert from 'node:assert/strict';
import { cpioArchive } from './cpio.ts';

const text = (archive: Uint8Array): string => Buffer.from(archive).toString('latin1');

describe('a cpio archive', () => {
  it('holds each entry as a header, a name and content, all padded to four bytes', () => {
    const content = new TextEncoder().encode('hello');
    const archive = text(cpioArchive([{ kind: 'file', path: 'greeting', content, executable: true }]));
    assert.equal(archive.slice(0, 6), '070701');
    assert.equal(archive.slice(14, 22), '000081ed', 'mode: a regular file, rwxr-xr-x');
    assert.equal(archive.slice(54, 62), '00000005', 'size');
    assert.equal(archive.slice(94, 102), '00000009', 'length of the name with its NUL');
    assert.equal(archive.slice(110, 119), 'greeting\0');
    assert.equal(archive.slice(120, 128), 'hello\0\0\0');
    assert.equal(archive.slice(128, 134), '070701');
    assert.equal(archive.slice(128 + 110, 128 + 121), 'TRAILER!!!\0');
    assert.equal(archive.length % 4, 0);
  });

  it('keeps the target of a symbolic link as its content', () => {
    const archive = text(cpioArchive([{ kind: 'symbolic-link', path: 'bin/sh', target: 'busybox' }]));
    assert.equal(archive.slice(14, 22), '0000a1ff');
    assert.ok(archive.includes('busybox\0'));
  });

  it('is the same for the same entries', () => {
    const entries = [{ kind: 'directory' as const, path: 'dev' }];
    assert.deepEqual(cpioArchive(entries), cpioArchive(entries));
  });
});
