import { sentence } from './api.js';

/** Reads the fields of the form that was submitted, as they were typed. */
export function textsOf(event: Event): (name: string) => string {
  const fields = new FormData(event.target as HTMLFormElement);
  return (name) => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
}

/** A form that is sent once at a time, and why it failed the last time. */
export class Submission {
  problem: string | null = null;
  isBusy = false;

  constructor(private readonly update: () => void) {}

  async run(event: SubmitEvent, work: (text: ReturnType<typeof textsOf>) => Promise<void>): Promise<void> {
    event.preventDefault();
    if (this.isBusy) return;
    const text = textsOf(event);
    [this.problem, this.isBusy] = [null, true];
    this.update();
    try {
      await work(text);
    } catch (error) {
      this.problem = sentence(error);
    }
    this.isBusy = false;
    this.update();
  }
}
