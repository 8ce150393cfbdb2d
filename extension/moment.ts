/** A counter as people read it, with a grouping that survives copy and paste: 1,234,567. */
export function formatCounter(counter: number): string {
  return String(counter).replace(/\B(?=(\d{3})+$)/g, ',');
}
