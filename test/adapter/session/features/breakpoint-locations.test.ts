import assert from 'node:assert/strict';
import { DEMO_SOURCES, TestSession } from '../debug-session.ts';

describe('breakpointLocations (supportsBreakpointLocationsRequest)', function () {
  this.timeout(180_000);
  let session: TestSession;

  before(async () => {
    session = await TestSession.onDemo({ at: 'start' });
  });
  after(async () => {
    await (session as TestSession | undefined)?.stop();
  });

  it('are the lines of a range that have code', async () => {
    const where = { source: { path: `${DEMO_SOURCES}/timer.c` }, line: 30, endLine: 41 };
    const { breakpoints } = (await session.request('breakpointLocations', where)) as {
      breakpoints: { line: number }[];
    };
    const lines = [...new Set(breakpoints.map(({ line }) => line))];
    assert.ok(lines.length > 2);
    assert.ok(
      lines.every((line) => line >= 30 && line <= 41),
      lines.join(),
    );
    const set = await session.breakAtLines('timer.c', ...lines);
    assert.deepEqual(
      set.map(({ line }) => line),
      lines,
    );
  });

  it('have columns where a line has several statements, each a place of its own', async () => {
    const source = { path: `${DEMO_SOURCES}/main.c` };
    const where = { source, line: 1, endLine: 100 };
    const { breakpoints } = (await session.request('breakpointLocations', where)) as {
      breakpoints: { line: number; column?: number }[];
    };
    const several = breakpoints.filter(({ column }) => column !== undefined);
    const line = several[0]?.line ?? assert.fail('no line has several statements');
    const columns = several.filter((one) => one.line === line).map(({ column }) => column);
    assert.ok(columns.length > 1);
    const asked = columns.map((column) => ({ line, ...(column === undefined ? {} : { column }) }));
    const set = (await session.client.setBreakpointsRequest({ source, breakpoints: asked })).body.breakpoints;
    assert.deepEqual(
      set.map((one) => [one.verified, one.line, one.column]),
      columns.map((column) => [true, line, column]),
    );
    assert.equal(new Set(set.map(({ instructionReference }) => instructionReference)).size, columns.length);
    const few = { ...where, line, endLine: line, column: columns[1] };
    const behind = (await session.request('breakpointLocations', few)) as { breakpoints: { column?: number }[] };
    assert.deepEqual(
      behind.breakpoints.map(({ column }) => column),
      columns.slice(1),
    );
    await session.breakAtLines('main.c');
  });
});
