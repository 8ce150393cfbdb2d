import type { Arguments } from './arguments.ts';

/** What a request is answered with, and what happens once the answer is on its way. */
export interface Reply {
  readonly body?: object;
  /** Runs after the response has been sent, so that its events follow the response. */
  readonly after?: () => void;
}

/** The request being answered. */
export interface RequestContext {
  /** Its sequence number, which `cancel` names. */
  readonly sequence: number;
  /** Aborted when the client cancels this request. */
  readonly signal: AbortSignal;
}

/** Answers one kind of request. What it throws becomes an error response. */
export type Handler = (args: Arguments, context: RequestContext) => Reply | Promise<Reply>;

/** Handlers by the name of the request. Each file of the session provides those of its concern. */
export type Handlers = Readonly<Record<string, Handler>>;
