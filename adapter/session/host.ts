import type { BookmarkStore } from './bookmarks/bookmark-store.ts';
import type { SymbolCache } from '../symbols/cache/symbol-cache.ts';
import type { CompanionFiles } from '../symbols/companions/companion-files.ts';
import type { FileContents } from '../symbols/file-contents.ts';
import type { TimelineContract } from '../../emulator/replay/timeline-contract.ts';

/** What a session needs from where it runs: files, and timelines made of them. Implemented by adapter/host. */
export interface SessionHost {
  readonly timelines: TimelineFactory;
  readonly files: SourceFiles;
  /** What helps to read symbols. A host that has none of it (a browser) reads what is in the program's own file. */
  readonly symbols?: SymbolHost;
}

/** What a host has for reading symbols. */
export interface SymbolHost {
  readonly cache: SymbolCache;
  /** Opens a file of which parts are read when they are wanted. Throws an Error with a sentence when it cannot be read. */
  open(path: string): FileContents;
  /** The files that belong to the program at a path; `debugDirectories` are looked into before the system's. */
  companionsOf(program: string, debugDirectories: readonly string[]): CompanionFiles;
  /** The paths of all files in a folder and below it; none when there is no such folder. */
  filesBelow(folder: string): readonly string[];
}

/** Opens and makes recordings. Every failure is an Error whose message is a sentence that names the file and the remedy. */
export interface TimelineFactory {
  /** Builds a machine and begins to record it; the timeline stands at counter 0, `recording`. */
  record(request: RecordRequest, signal: AbortSignal): Promise<OpenedTimeline>;
  /** Opens a recording; where its timeline stands is unspecified. */
  open(request: OpenRequest, signal: AbortSignal): Promise<OpenedTimeline>;
}

export interface OpenedTimeline {
  readonly timeline: TimelineContract;
  /** The recording's path. */
  readonly recording: string;
  readonly bookmarks: BookmarkStore;
  /** The recording is a temporary file: it is gone when the session ends. */
  readonly temporary: boolean;
  /** What the person should know about it: a file cut short. */
  readonly remarks: readonly string[];
  /** What the person may want to know: where an earlier recording went. */
  readonly notes: readonly string[];
  /** Closes the timeline and what belongs to it (a temporary file). Safe to call twice. */
  close(): Promise<void>;
}

/** A recording to be opened. */
export interface OpenRequest {
  /** Its path. */
  readonly recording: string;
  /** Bytes for what checkpoints hold in memory; undefined: the host chooses. */
  readonly memoryBudget: number | undefined;
}

/** A machine to be recorded, its files by path. Numbers are checked; paths are not. What is undefined, the host chooses. */
export interface RecordRequest {
  readonly kernel: string | undefined;
  readonly initrd: string | undefined;
  readonly append: string;
  /** Undefined for what the kernel wants. */
  readonly firmware:
    { readonly kind: 'builtin' } | { readonly kind: 'none' } | { readonly kind: 'image'; path: string } | undefined;
  /** Bytes. */
  readonly memory: number | undefined;
  readonly drives: readonly { readonly path: string; readonly readOnly: boolean }[];
  /** The register interface of the virtio-mmio slots. */
  readonly virtio: 'legacy' | 'modern' | undefined;
  readonly dtb: string | undefined;
  /** Wall clock at power-on in milliseconds since 1970, or undefined for now. */
  readonly rtc: number | undefined;
  /** 64 hexadecimal digits, or undefined to draw one. */
  readonly seed: string | undefined;
  /** The file to write, or undefined for a temporary one. A recording that is there already is kept under another name. */
  readonly recording: string | undefined;
  /** How many of those are kept, the latest ones; undefined for all. */
  readonly keepRecordings: number | undefined;
  /** Bytes for what checkpoints hold in memory. */
  readonly memoryBudget: number | undefined;
  readonly inputScript: string | undefined;
}

/** Files of the person's computer. */
export interface SourceFiles {
  exists(path: string): Promise<boolean>;
  /** Throws an Error with a sentence when the file cannot be read. */
  read(path: string): Promise<Uint8Array>;
}
