/**
 * What Node is given to run: starts the program that lies beside it, with what an earlier process compiled. scripts/build.mjs makes one of
 * these for each program and writes into it which.
 */
import path from 'node:path';
import { cacheFolder, fileCacheIn } from './file-cache.ts';
import { tuneCompilation } from './compilation.ts';
import { runCompiled } from './compiled-program.ts';

/** The program's file name and the hash of its content. */
declare const PROGRAM_FILE: string;
declare const PROGRAM_IDENTITY: string;

/** All programs' compiled code, of the present version and of earlier ones. */
const MOST_BYTES = 32 * 2 ** 20;

// Flags are part of what compiled code depends on.
tuneCompilation();
const file = path.join(path.dirname(import.meta.url), PROGRAM_FILE);
runCompiled({ file, identity: PROGRAM_IDENTITY }, fileCacheIn(cacheFolder('code'), MOST_BYTES));
