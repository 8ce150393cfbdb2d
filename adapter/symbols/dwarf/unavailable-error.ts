/** Why an expression gives no location, in words that complete "not available: ". */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}
