/** A Markdown table. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[], fill = ' '): string => {
    const padded = cells.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width, fill) : cell.padStart(width, fill);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = header.map((_, column) => (column === 0 ? '-' : '-:').padStart(column === 0 ? 1 : 2));
  const ruled = rule.map((mark, column) =>
    column === 0 ? '-'.repeat(widths[0] ?? 3) : mark.padStart(widths[column] ?? 3, '-'),
  );
  return [line(header), line(ruled), ...rows.map((row) => line(row))].join('\n');
}

/** What stands where nothing was measured. */
const ABSENT = '–';
const shown =
  (format: (value: number) => string) =>
  (value: number | undefined): string =>
    value === undefined ? ABSENT : format(value);

export const seconds = shown((value) => `${value.toFixed(2)} s`);
export const milliseconds = shown((value) => `${value < 10 ? value.toFixed(1) : Math.round(value).toString()} ms`);
export const ratio = shown((value) => value.toFixed(2));
export const millions = shown((value) => Math.round(value / 1e6).toLocaleString('en-US'));
export const megabytes = shown((value) => (value / 1e6).toFixed(value < 1e7 ? 2 : 0));
export const percent = shown((value) => `${(value * 100).toFixed(1)} %`);
