import packageFile from '../../package.json' with { type: 'json' };

/** What recordings are said to be made by. */
export const PROGRAM = `retrograde ${packageFile.version}`;
