/** What a guest cannot tell, as a sentence for the person: which symbol, field or memory is missing, and what to do. */
export class GuestError extends Error {
  override readonly name = 'GuestError';
}

/** What `read` gives, or undefined where the guest cannot tell. Other errors pass. */
export function ifKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof GuestError) return undefined;
    throw error;
  }
}
