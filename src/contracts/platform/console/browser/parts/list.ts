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
  /** Whether a further page was read. After the last one a line replaces the button, and takes the focus that it had. */
  private hasGrown = false;

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
    [this.cursor, this.hasGrown] = [null, false];
    return this.pages.load();
  }

  render(show: (items: Item[]) => Content): TemplateResult {
    return whenLoaded(
      this.pages,
      ({ data, nextCursor }) =>
        html`${show(data)}
        ${
          nextCursor !== null
            ? html`<button type="button" @click=${(event: Event) => this.more(nextCursor, event)}>
                Show more
              </button>`
            : this.hasGrown
              ? html`<p class="soft end-of-list" tabindex="-1">All ${data.length} are shown.</p>`
              : nothing
        }`,
    );
  }

  /** After the last page the button is gone, and the focus would be with it. */
  private async more(cursor: string, { currentTarget }: Event): Promise<void> {
    if (this.pages.isLoading) return;
    const place = (currentTarget as HTMLElement).parentElement;
    this.cursor = cursor;
    await this.pages.load();
    const hasFocus = document.activeElement !== null && document.activeElement !== document.body;
    if (!hasFocus) place?.querySelector<HTMLElement>('.end-of-list')?.focus();
  }

  private async read(): Promise<Page<Item>> {
    const before = this.cursor === null ? [] : (this.pages.value?.data ?? []);
    const { data, nextCursor } = await this.context.api.get<Page<Item>>(this.pathOf(this.cursor));
    if (this.cursor !== null) {
      this.hasGrown = true;
      this.context.announce(`${data.length} more.`);
    }
    return { data: [...before, ...data], nextCursor };
  }
}
