import { sentence } from './api.js';

/** A value that is read from the contract. While it is read again, the former one stays. */
export class Loaded<Value> {
  value: Value | null = null;
  problem: string | null = null;
  isLoading = false;
  private turn = 0;

  constructor(
    private readonly read: () => Promise<Value>,
    private readonly update: () => void,
  ) {}

  /** The answer to an earlier call is dropped. */
  async load(): Promise<void> {
    const turn = ++this.turn;
    this.isLoading = true;
    this.update();
    try {
      const value = await this.read();
      if (turn !== this.turn) return;
      [this.value, this.problem] = [value, null];
    } catch (error) {
      if (turn !== this.turn) return;
      this.problem = sentence(error);
    }
    this.isLoading = false;
    this.update();
  }
}
