const MINUTE_MS = 60_000;
const WARN_AT_MINUTES = 5;

interface Doings {
  update(): void;
  warn(text: string): void;
  end(): void;
}

/** Counts the minutes of a session down, warns before its end, and ends it here when the server does. */
export class SessionClock {
  private readonly endsAt: number;
  private readonly timer: number;
  private hasWarned = false;

  constructor(
    seconds: number,
    private readonly doings: Doings,
  ) {
    this.endsAt = Date.now() + seconds * 1000;
    this.timer = setInterval(() => this.look(), MINUTE_MS / 6);
  }

  get minutesLeft(): number {
    return Math.max(0, Math.ceil((this.endsAt - Date.now()) / MINUTE_MS));
  }

  get isNearEnd(): boolean {
    return this.minutesLeft <= WARN_AT_MINUTES;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    if (Date.now() >= this.endsAt) {
      this.stop();
      this.doings.end();
      return;
    }
    if (this.isNearEnd && !this.hasWarned) {
      this.hasWarned = true;
      this.doings.warn(`Your session ends in ${this.minutesLeft} minutes. Then you sign in again.`);
    }
    this.doings.update();
  }
}
