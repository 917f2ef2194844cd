import { sentence } from '../api.js';
import { html, nothing, type TemplateResult } from '../lit/lit-html.js';
import type { Page } from '../records.js';
import type { Context } from '../view.js';
import { type Content, problem } from './elements.js';

/** A list that is read page by page, one below the other. */
export class PagedList<Item> {
  items: Item[] | null = null;
  private next: string | null = null;
  private problem: string | null = null;
  private isLoading = false;

  /** `pathOf` makes the address of a page from its cursor; null: the first. */
  constructor(
    private readonly context: Context,
    private readonly pathOf: (cursor: string | null) => string,
  ) {}

  async load(): Promise<void> {
    await this.read(null);
  }

  render(show: (items: Item[]) => Content): TemplateResult {
    const { items, isLoading, next } = this;
    return html`<div class="loaded ${isLoading ? 'loading' : ''}" aria-busy=${isLoading}>
      ${problem(this.problem)}
      ${
        items !== null
          ? show(items)
          : isLoading
            ? html`<p class="waiting"><span></span><span></span><span></span></p>`
            : html`<button type="button" @click=${() => this.read(null)}>Try again</button>`
      }
      ${
        next === null
          ? nothing
          : html`<button type="button" class="more" @click=${() => this.read(next)}>Show more</button>`
      }
    </div>`;
  }

  private async read(cursor: string | null): Promise<void> {
    if (this.isLoading) return;
    this.isLoading = true;
    this.context.update();
    try {
      const page = await this.context.api.get<Page<Item>>(this.pathOf(cursor));
      this.items = cursor === null ? page.data : [...(this.items ?? []), ...page.data];
      this.next = page.nextCursor;
      this.problem = null;
      if (cursor !== null) this.context.announce(`${page.data.length} more.`);
    } catch (error) {
      this.problem = sentence(error);
    }
    this.isLoading = false;
    this.context.update();
  }
}
