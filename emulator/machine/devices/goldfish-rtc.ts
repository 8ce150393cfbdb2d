import type { Clock, Device, InterruptLine, StateReader, StateWriter } from '../device.ts';
import { RTC, TICK_NANOSECONDS } from '../memory-map.ts';

const TIME_LOW = 0x00;
const TIME_HIGH = 0x04;
const ALARM_LOW = 0x08;
const ALARM_HIGH = 0x0c;
const IRQ_ENABLED = 0x10;
const CLEAR_ALARM = 0x14;
const ALARM_STATUS = 0x18;
const CLEAR_INTERRUPT = 0x1c;

export interface RtcConnections {
  readonly interrupt: InterruptLine;
  readonly clock: Clock;
  /** Wall clock at power-on, nanoseconds since 1970. */
  readonly base: bigint;
  /** The alarm was set, cleared or rung, or the time was written: `deadline` may have changed. */
  readonly onDeadlineChange: () => void;
}

/**
 * Goldfish real-time clock (Android's "Goldfish virtual hardware" document): nanoseconds since 1970, with one alarm. Its
 * time is the recorded wall clock at power-on plus guest time, so it never reads the host's clock.
 */
export class GoldfishRtc implements Device {
  readonly name = 'rtc';
  readonly region = RTC;
  readonly #interrupt: InterruptLine;
  readonly #clock: Clock;
  readonly #base: bigint;
  readonly #onDeadlineChange: () => void;
  /** Time at tick 0, modulo 2^64; differs from `base` once the guest has set the time. */
  #timeAtTickZero: bigint;
  #alarm = 0n;
  #alarmRunning = false;
  /** The high half of the time, latched by a read of the low half. */
  #latchedHigh = 0;
  #pending = false;
  #enabled = false;

  constructor(connections: RtcConnections) {
    this.#interrupt = connections.interrupt;
    this.#clock = connections.clock;
    this.#base = BigInt.asUintN(64, connections.base);
    this.#onDeadlineChange = connections.onDeadlineChange;
    this.#timeAtTickZero = this.#base;
  }

  /** Nanoseconds since 1970. */
  time(): bigint {
    return BigInt.asUintN(64, this.#timeAtTickZero + this.#clock.ticks() * TICK_NANOSECONDS);
  }

  /** The clock tick at which the alarm rings, or undefined. Call `elapse` there. */
  deadline(): bigint | undefined {
    if (!this.#alarmRunning) return undefined;
    const wait = this.#alarm - this.#timeAtTickZero;
    return wait <= 0n ? 0n : (wait + TICK_NANOSECONDS - 1n) / TICK_NANOSECONDS;
  }

  /** Rings the alarm when its time has come. */
  elapse(): void {
    if (!this.#alarmRunning || this.time() < this.#alarm) return;
    this.#alarmRunning = false;
    this.#pending = true;
    this.#update();
    this.#onDeadlineChange();
  }

  read(offset: number): number {
    if (offset !== TIME_LOW) return this.peek(offset);
    const time = this.time();
    this.#latchedHigh = Number(time >> 32n);
    return Number(BigInt.asUintN(32, time));
  }

  peek(offset: number): number {
    switch (offset) {
      case TIME_LOW:
        return Number(BigInt.asUintN(32, this.time()));
      case TIME_HIGH:
        return this.#latchedHigh;
      case ALARM_LOW:
        return Number(BigInt.asUintN(32, this.#alarm));
      case ALARM_HIGH:
        return Number(this.#alarm >> 32n);
      case IRQ_ENABLED:
        return this.#enabled ? 1 : 0;
      case ALARM_STATUS:
        return this.#alarmRunning ? 1 : 0;
      default:
        return 0;
    }
  }

  write(offset: number, _width: 1 | 2 | 4, value: number): void {
    switch (offset) {
      case TIME_LOW:
        this.#setTime((this.time() & 0xffff_ffff_0000_0000n) | BigInt(value));
        break;
      case TIME_HIGH:
        this.#setTime((this.time() & 0xffff_ffffn) | (BigInt(value) << 32n));
        break;
      case ALARM_LOW:
        // Writing the low half sets the alarm; the high half is written first.
        this.#alarm = (this.#alarm & 0xffff_ffff_0000_0000n) | BigInt(value);
        this.#alarmRunning = true;
        break;
      case ALARM_HIGH:
        this.#alarm = (this.#alarm & 0xffff_ffffn) | (BigInt(value) << 32n);
        return;
      case IRQ_ENABLED:
        this.#enabled = (value & 1) === 1;
        this.#update();
        return;
      case CLEAR_ALARM:
        this.#alarmRunning = false;
        break;
      case CLEAR_INTERRUPT:
        this.#pending = false;
        this.#update();
        return;
      default:
        return;
    }
    this.elapse();
    this.#onDeadlineChange();
  }

  reset(): void {
    this.#timeAtTickZero = this.#base;
    this.#alarm = 0n;
    this.#alarmRunning = false;
    this.#latchedHigh = 0;
    this.#pending = false;
    this.#enabled = false;
    this.#update();
    this.#onDeadlineChange();
  }

  save(writer: StateWriter): void {
    writer.u64(this.#timeAtTickZero);
    writer.u64(this.#alarm);
    writer.boolean(this.#alarmRunning);
    writer.u32(this.#latchedHigh);
    writer.boolean(this.#pending);
    writer.boolean(this.#enabled);
  }

  restore(reader: StateReader): void {
    this.#timeAtTickZero = reader.u64();
    this.#alarm = reader.u64();
    this.#alarmRunning = reader.boolean();
    this.#latchedHigh = reader.u32();
    this.#pending = reader.boolean();
    this.#enabled = reader.boolean();
    this.#onDeadlineChange();
  }

  #setTime(time: bigint): void {
    this.#timeAtTickZero = BigInt.asUintN(64, time - this.#clock.ticks() * TICK_NANOSECONDS);
  }

  #update(): void {
    this.#interrupt.set(this.#pending && this.#enabled);
  }
}
