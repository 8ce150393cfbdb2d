import { decode } from '../../emulator/riscv/decoder.ts';
import type { MotionOptions, TimelineContract } from '../../emulator/replay/timeline-contract.ts';
import type { BreakpointStore } from './breakpoints/store.ts';
import type { OpenedTimeline } from './host.ts';
import type { GuestView } from './guest/guest-view.ts';
import { HartState } from './motion/hart-state.ts';
import { Mover } from './motion/mover.ts';
import { Stepping } from './motion/stepping.ts';
import type { Program } from './program.ts';
import type { Sources } from './sources.ts';

/** What a session debugs, from launch or attach on: a timeline, and the program that runs in it. */
export class Debuggee {
  readonly timeline: TimelineContract;

  constructor(
    readonly opened: OpenedTimeline,
    readonly program: Program,
    readonly sources: Sources,
    readonly breakpoints: BreakpointStore,
    /** What is known of the kernel. */
    readonly guestView: GuestView,
  ) {
    this.timeline = opened.timeline;
  }

  hart(index: number): HartState {
    return new HartState(this.timeline, this.program, index);
  }

  mover(options: MotionOptions): Mover {
    return new Mover(this.timeline, this.breakpoints, options);
  }

  stepping(hart: number, options: MotionOptions): Stepping {
    return new Stepping(this.hart(hart), this.program, decode, this.mover(options));
  }
}
