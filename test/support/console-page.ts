import {
  type Browser,
  type BrowserContextOptions,
  type CDPSession,
  chromium,
  type Page,
} from 'playwright-core';
import { CHROMIUM } from './swagger-ui.js';

/** Nothing here takes long, but the machine may stand still. */
const PATIENCE_MS = 300_000;
/** More than any page has places for the focus. */
const MAX_TABS = 150;

/** The console in a real browser, used by the keyboard alone. */
export class ConsolePage {
  /** What the browser complained about: errors in its console, refused content, requests to other hosts. */
  readonly complaints: string[] = [];

  /** Of the last sign-in. */
  token: Promise<string> = Promise.resolve('');

  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    private readonly devtools: CDPSession,
  ) {}

  static async open(origin: string, options: BrowserContextOptions = {}): Promise<ConsolePage> {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    page.setDefaultTimeout(PATIENCE_MS);
    const opened = new ConsolePage(browser, page, await page.context().newCDPSession(page));
    page.on('console', (message) => {
      // Chromium reports each refused request of a form, too
      const isAnswer = /^Failed to load resource: .* status of 4\d\d/.test(message.text());
      if (message.type() === 'error' && !isAnswer) opened.complaints.push(message.text());
    });
    page.on('pageerror', (error) => opened.complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/platform/`)) opened.complaints.push(request.url());
    });
    page.on('response', (response) => {
      if (!response.url().endsWith('/auth/sign-in') || !response.ok()) return;
      opened.token = response.json().then(({ accessToken }: { accessToken: string }) => accessToken);
    });
    await page.goto(`${origin}/platform/console`);
    await page.locator('h1').waitFor();
    return opened;
  }

  /** Signs in, and waits for the page that is open then. */
  async signIn(email: string, password: string, code: string, heading = 'Overview'): Promise<void> {
    await this.fill('E-mail address', email);
    await this.fill('Password', password);
    await this.fill('Code of your authenticator app', code);
    await this.page.keyboard.press('Enter');
    await this.heading(heading);
  }

  /** Presses Tab until the focus is on an element with this accessible name, as a screen reader says it. */
  async tabTo(name: string, role?: string): Promise<void> {
    const passed: string[] = [];
    for (let tabs = 0; tabs < MAX_TABS; tabs += 1) {
      const focused = await this.focused();
      if (focused.name === name && (role === undefined || focused.role === role)) return;
      passed.push(`${focused.role} ${focused.name}`);
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${name}, only ${passed.join(' | ')}`);
  }

  async fill(name: string, text: string): Promise<void> {
    await this.tabTo(name);
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.type(text);
  }

  async press(name: string, role?: string): Promise<void> {
    await this.tabTo(name, role);
    await this.page.keyboard.press('Enter');
  }

  /** In the dialog that is open: gives the reasons, and does the act. */
  async explain(verb: string, reason: string, reference: string): Promise<void> {
    await this.page.getByRole('dialog').waitFor();
    await this.fill('Reason for the operators’ audit trail', reason);
    await this.fill('Reference such as the case; the tenants concerned see it', reference);
    await this.press(verb, 'button');
    await this.page.getByRole('dialog').waitFor({ state: 'detached' });
  }

  heading(name: string): Promise<void> {
    return this.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  }

  announced(text: string): Promise<void> {
    return this.page.getByRole('status').filter({ hasText: text }).first().waitFor();
  }

  /** Name and role of what has the focus, from the browser's accessibility tree. */
  async focused(): Promise<{ name: string; role: string }> {
    const { result } = await this.devtools.send('Runtime.evaluate', { expression: 'document.activeElement' });
    const { nodes } = await this.devtools.send('Accessibility.getPartialAXTree', {
      objectId: result.objectId,
      fetchRelatives: false,
    });
    return { name: String(nodes[0]?.name?.value ?? ''), role: String(nodes[0]?.role?.value ?? '') };
  }

  /** By how many pixels the page is wider than its window. */
  overflow(): Promise<number> {
    return this.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
