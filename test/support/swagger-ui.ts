import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

/** The program that `whereInstalled` looks for. */
export const CHROMIUM = '/usr/bin/chromium';
/** Nothing here takes long, but the machine may stand still. */
const PATIENCE_MS = 300_000;

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export interface Executed {
  /** The operation id. */
  id: string;
  status: number;
  /** What the page shows of the answer. */
  shown: string;
}

/** The documentation page in a real browser, as a reader uses it. */
export class SwaggerUi {
  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
  ) {}

  /**
   * `slowness` makes the steps of the page's authenticator so many times longer. Only that script's clock changes:
   * Swagger UI waits by the clock, too.
   */
  static async launch({ slowness = 1 } = {}): Promise<SwaggerUi> {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.route('**/authenticator.js', async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replaceAll('Date.now()', `Date.now() / ${slowness}`);
      await route.fulfill({ response, body });
    });
    return new SwaggerUi(browser, page);
  }

  /** Opens the page with this contract selected, and waits for its operations. */
  async open(url: string, contract: string): Promise<void> {
    await this.page.goto(`${url}?urls.primaryName=${encodeURIComponent(contract)}`);
    await this.blocks.first().waitFor();
  }

  /** Opens each operation from top to bottom, and presses Execute. */
  async *executeAll(): AsyncGenerator<Executed> {
    const count = await this.blocks.count();
    for (let at = 0; at < count; at += 1) yield await this.execute(this.blocks.nth(at));
  }

  close(): Promise<void> {
    return this.browser.close();
  }

  private get blocks(): Locator {
    return this.page.locator('.opblock');
  }

  private async execute(block: Locator): Promise<Executed> {
    const id = (await block.getAttribute('id'))?.replace(/^operations-.*-(?=\w+$)/, '') ?? '';
    await block.locator('.opblock-summary-control').click();
    const file = block.locator('input[type=file]');
    const button = block.locator('button.execute');
    await button.waitFor();
    if ((await file.count()) > 0)
      await file.setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: PNG });
    await button.click();
    const live = block.locator('.live-responses-table');
    await live.waitFor();
    const status = Number((await live.locator('tbody .response-col_status').innerText()).match(/\d+/)?.[0]);
    const shown = await live.locator('tbody .response-col_description').innerText();
    await block.locator('.opblock-summary-control').click();
    return { id, status, shown };
  }
}
