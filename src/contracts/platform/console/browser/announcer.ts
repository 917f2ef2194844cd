const SHOWN_MS = 8000;

/** The live region: screen readers say its text, and everybody sees it for a while. */
export class Announcer {
  private timer = 0;

  constructor(private readonly place: HTMLElement) {}

  say(text: string): void {
    clearTimeout(this.timer);
    this.place.textContent = text;
    this.place.classList.add('shown');
    this.timer = setTimeout(() => this.place.classList.remove('shown'), SHOWN_MS);
  }
}
