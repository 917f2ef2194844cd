import { html, type TemplateResult } from '../lit/lit-html.js';
import { Loaded } from '../loaded.js';
import type { Context } from '../view.js';
import { type Content, whenLoaded } from './elements.js';

export interface Part {
  /** What is closed is read when it is opened. */
  reload(): Promise<void>;
  render(): TemplateResult;
}

/** A part of a page that is read only when it is opened: reading it is recorded. */
export class Disclosure<Value> implements Part {
  readonly loaded: Loaded<Value>;
  private isOpen = false;

  constructor(
    private readonly context: Context,
    private readonly title: string,
    read: () => Promise<Value>,
    private readonly show: (value: Value) => Content,
  ) {
    this.loaded = new Loaded(read, () => context.update());
  }

  async reload(): Promise<void> {
    if (this.isOpen) await this.loaded.load();
    else this.loaded.value = null;
  }

  render(): TemplateResult {
    const toggled = (event: Event): void => {
      this.isOpen = (event.target as HTMLDetailsElement).open;
      if (this.isOpen && this.loaded.value === null) void this.loaded.load();
      else this.context.update();
    };
    return html`<details class="part" ?open=${this.isOpen} @toggle=${toggled}>
      <summary>${this.title}</summary>
      ${this.isOpen ? whenLoaded(this.loaded, this.show) : ''}
    </details>`;
  }
}
