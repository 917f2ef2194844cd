const MachineDate = Date;

/**
 * The clock of this process. While it is ahead, everything here that asks for the time, libraries included, gets the later
 * one from `Date`; timers and `performance.now` go on as before.
 */
export class ShiftedDate {
  private static shift = 0;

  /** Milliseconds. */
  static set(shift: number): void {
    ShiftedDate.shift = shift;
    const now = () => MachineDate.now() + ShiftedDate.shift;
    globalThis.Date =
      shift === 0
        ? MachineDate
        : new Proxy(MachineDate, {
            get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
            apply: () => new MachineDate(now()).toString(),
            construct: (target, args, newTarget) =>
              Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
          });
    // So that a date's constructor is `Date`, whenever it was made
    MachineDate.prototype.constructor = globalThis.Date;
  }

  static get(): number {
    return ShiftedDate.shift;
  }
}
