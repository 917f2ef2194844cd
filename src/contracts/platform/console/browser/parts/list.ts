import { html, nothing, type TemplateResult } from '../lit/lit-html.js';
import { Loaded } from '../loaded.js';
import type { Page } from '../records.js';
import type { Context } from '../view.js';
import { type Content, whenLoaded } from './elements.js';

/** A list that is read page by page, one below the other. */
export class PagedList<Item> {
  /** All pages that were read, and the cursor of the next one. */
  private readonly pages: Loaded<Page<Item>>;
  /** Of the page that is read; null: the first. */
  private cursor: string | null = null;

  /** `pathOf` makes the address of a page from its cursor. */
  constructor(
    private readonly context: Context,
    private readonly pathOf: (cursor: string | null) => string,
  ) {
    this.pages = new Loaded(
      () => this.read(),
      () => context.update(),
    );
  }

  load(): Promise<void> {
    this.cursor = null;
    return this.pages.load();
  }

  render(show: (items: Item[]) => Content): TemplateResult {
    return whenLoaded(
      this.pages,
      ({ data, nextCursor }) =>
        html`${show(data)}
        ${
          nextCursor === null
            ? nothing
            : html`<button type="button" @click=${() => this.more(nextCursor)}>Show more</button>`
        }`,
    );
  }

  private async more(cursor: string): Promise<void> {
    if (this.pages.isLoading) return;
    this.cursor = cursor;
    await this.pages.load();
  }

  private async read(): Promise<Page<Item>> {
    const before = this.cursor === null ? [] : (this.pages.value?.data ?? []);
    const { data, nextCursor } = await this.context.api.get<Page<Item>>(this.pathOf(this.cursor));
    if (before.length > 0) this.context.announce(`${data.length} more.`);
    return { data: [...before, ...data], nextCursor };
  }
}
