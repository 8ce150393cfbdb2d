/** A Markdown table. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

export const seconds = (value: number): string => `${value.toFixed(2)} s`;
export const ratio = (value: number): string => value.toFixed(2);
export const millions = (value: number): string => Math.round(value / 1e6).toLocaleString('en-US');
export const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
