import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Template } from '../../src/modules/messaging/outgoing-message.js';
import { type Account, NEW_PASSWORD, PASSWORD, unique, uniqueEmail } from '../support/given.js';
import { uniquePhone } from '../support/phone.js';
import { CHROMIUM } from '../support/swagger-ui.js';
import { createTestApp } from '../support/test-app.js';
import { describeWhereInstalled } from '../support/tools.js';
import { type Protected, TwoFactor } from '../support/two-factor.js';

const inBrowser =
  process.env.WITH_BROWSER === '1' ? describeWhereInstalled(CHROMIUM, '--version') : describe.skip;
/** Nothing here takes long, but the machine may stand still. */
const PATIENCE_MS = 300_000;
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
/** Long enough, and known to every guesser. */
const WEAK = 'password123';

inBrowser('the pages that links lead to', () => {
  const t = createTestApp();
  const factors = new TwoFactor(t);
  let browser: Browser;
  let complaints: string[];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());
  beforeEach(() => {
    complaints = [];
  });
  afterEach(() => {
    expect(complaints).toEqual([]);
  });

  /** What the link in the newest message of this kind opens. */
  async function follow(to: string, template: Template, options: BrowserContextOptions = {}): Promise<Page> {
    const { link = '' } = await t.inbox.latest(to, template);
    return open(link, options);
  }

  async function open(link: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 900, height: 760 }, ...options });
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('console', (message) => {
      // Chromium reports each refused request of a form, too
      const isAnswer = /^Failed to load resource: .* status of 4\d\d/.test(message.text());
      if (message.type() === 'error' && !isAnswer) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(link);
    return page;
  }

  /** Presses the button; the text of the outcome. */
  async function submit(page: Page): Promise<string> {
    await page.locator('form button.main').click();
    return outcomeOf(page);
  }

  async function outcomeOf(page: Page): Promise<string> {
    const outcome = page.locator('.outcome');
    await outcome.waitFor();
    return outcome.innerText();
  }

  /** Once it has read the link. */
  async function leadOf(page: Page): Promise<string> {
    await page.locator('form:not([hidden])').waitFor();
    return page.locator('#lead').innerText();
  }

  async function see(page: Page, name: string): Promise<void> {
    const { SCREENSHOTS: folder } = process.env;
    if (folder) await page.screenshot({ path: join(folder, `landing-${name}.png`), fullPage: true });
  }

  const fill = (page: Page, label: string, text: string) =>
    page.getByLabel(label, { exact: true }).fill(text);
  const signIn = (email: string, password: string) => t.post('/auth/login', { email, password });
  const countIn = (text: string, part: string) => text.split(part).length - 1;

  describe('accept-invitation', () => {
    it('joins a new person, who then has an account', async () => {
      const owner = await t.given.tenant({ companyName: 'Landing Works', firstName: 'Ada', lastName: '' });
      const { email } = await t.given.invitation(owner);
      const page = await follow(email, 'invitation');
      expect(await leadOf(page)).toBe(`Ada invites ${email} into Landing Works as User.`);
      await see(page, 'invitation');
      await fill(page, 'First name', 'Mia');
      await fill(page, 'Last name', 'Member');
      await fill(page, 'Password', PASSWORD);
      const shown = await submit(page);
      await see(page, 'invitation-joined');
      expect(shown).toContain('You are Mia Member');
      expect(shown).toContain(`${email} is in Landing Works with the role user.`);
      expect(await page.locator('form').isVisible()).toBe(false);
      expect((await signIn(email, PASSWORD)).status).toBe(200);
      await page.reload();
      expect(await outcomeOf(page)).toContain('invitation');
      await see(page, 'invitation-used');
      expect(await page.locator('form').isVisible()).toBe(false);
    });

    it.each([
      ['without', false],
      ['with', true],
    ])('joins somebody who has an account %s a second factor', async (kind, isProtected) => {
      const known: Account | Protected = isProtected ? await factors.owner() : await t.given.tenant();
      const owner = await t.given.tenant();
      await t.given.invitation(owner, { email: known.email });
      const page = await follow(known.email, 'invitation');
      await leadOf(page);
      await fill(page, 'Password', PASSWORD);
      const shown = await submit(page);
      await see(page, `invitation-${kind}-second-factor`);
      expect(shown).toContain(isProtected ? 'You have joined' : 'You are Olga Owner');
      expect(shown).not.toContain('does not answer');
      const { body } = await owner.client.get<{ data: { email: string }[] }>('/tenants/current/members');
      expect(body.data.map(({ email }) => email)).toContain(known.email);
    });

    it('names the phone of somebody who is invited by SMS', async () => {
      const owner = await t.given.tenant({ companyName: 'Phone Works' });
      const phone = uniquePhone();
      expect((await owner.client.post('/auth/invite', { phone, role: 'user' })).status).toBe(201);
      const page = await follow(phone, 'invitation', PHONE);
      const lead = await leadOf(page);
      expect(lead).toBe(`Olga Owner invites ${phone} into Phone Works as User.`);
      await see(page, 'invitation-sms');
      await fill(page, 'First name', 'Mia');
      await fill(page, 'Password', PASSWORD);
      const shown = await submit(page);
      await see(page, 'invitation-sms-joined');
      expect(shown).toContain('You are Mia');
      expect(shown).toContain(`${phone} is in Phone Works`);
      expect(`${lead}${shown}`).not.toMatch(/null|undefined/);
      expect(await page.evaluate(OVERFLOW)).toBe(0);
    });
  });

  describe('reset-password', () => {
    it.each([
      ['without', false],
      ['with', true],
    ])('sets the password of an account %s a second factor', async (kind, isProtected) => {
      const account: Account | Protected = isProtected ? await factors.owner() : await t.given.tenant();
      await t.given.resetToken(account);
      const page = await follow(account.email, 'password-reset');
      expect(await leadOf(page)).toMatch(/^For .+\.$/);
      await see(page, 'reset');
      await fill(page, 'New password', NEW_PASSWORD);
      const shown = await submit(page);
      await see(page, `reset-${kind}-second-factor`);
      expect(shown).toContain('The password is changed');
      expect((await signIn(account.email, PASSWORD)).status).toBe(401);
      const { status, body } = await signIn(account.email, NEW_PASSWORD);
      expect([status, body.requiresTwoFactor ?? false]).toEqual([200, isProtected]);
    });
  });

  describe('verify-email', () => {
    const isVerified = async ({ client }: Account) =>
      (await client.get<{ emailVerified: boolean }>('/auth/me')).body.emailVerified;

    it('confirms the address of an account without a second factor', async () => {
      const account = await t.given.unverifiedTenant();
      const page = await follow(account.email, 'verify-email');
      await leadOf(page);
      await see(page, 'verify');
      await fill(page, 'E-mail address you sign in with', account.email);
      await fill(page, 'Password', 'Wrong-password-1');
      expect(await submit(page)).not.toContain('does not answer');
      await see(page, 'verify-wrong-password');
      expect(await isVerified(account)).toBe(false);
      await fill(page, 'Password', PASSWORD);
      await page.locator('form button.main').click();
      await page.getByText('The address is confirmed').waitFor();
      await see(page, 'verify-confirmed');
      expect(await isVerified(account)).toBe(true);
    });

    it('asks for a code of an account with a second factor, and takes it as it is pasted', async () => {
      const account = await t.given.unverifiedTenant();
      const { authenticator } = await factors.enable(account.client);
      const page = await follow(account.email, 'verify-email');
      await leadOf(page);
      await fill(page, 'E-mail address you sign in with', account.email);
      await fill(page, 'Password', PASSWORD);
      expect(await page.getByLabel('Code of your authenticator').isVisible()).toBe(false);
      const asked = await submit(page);
      await see(page, 'verify-second-factor');
      expect(asked).toContain('This account has a second factor');
      expect(await isVerified(account)).toBe(false);
      const code = authenticator.code();
      await fill(page, 'Code of your authenticator', `${code.slice(0, 3)}\u2212${code.slice(3)}`);
      await page.locator('form button.main').click();
      await page.getByText('The address is confirmed').waitFor();
      await see(page, 'verify-second-factor-confirmed');
      expect(await isVerified(account)).toBe(true);
    });
  });

  it.each([
    ['accept-invitation', 'invitation', 'Password'],
    ['reset-password', 'password-reset', 'New password'],
  ] as const)('%s says once why a password is too weak', async (name, template, label) => {
    const owner = await t.given.tenant();
    await t.given.resetToken(owner);
    const invited = await t.given.invitation(owner);
    const page = await follow(template === 'invitation' ? invited.email : owner.email, template);
    await leadOf(page);
    if (template === 'invitation') await fill(page, 'First name', 'Mia');
    await fill(page, label, WEAK);
    const shown = await submit(page);
    await see(page, `${name}-weak`);
    const [title = '', ...sentences] = shown.split('\n').filter(Boolean);
    expect(title).not.toContain('does not answer');
    expect(sentences.length).toBeGreaterThan(0);
    const said = sentences.map((sentence) => sentence.replace(`${label}: `, ''));
    expect(said.map((sentence) => countIn(shown, sentence))).toEqual(said.map(() => 1));
    expect(await page.locator('[aria-invalid=true]').count()).toBe(1);
    await fill(page, label, NEW_PASSWORD);
    await page.locator('form button.main').click();
    await page.locator('.outcome:not(.bad)').waitFor();
  });

  const LINKS: [string, (owner: Account) => Promise<[string, Template]>][] = [
    ['accept-invitation', async (owner) => [(await t.given.invitation(owner)).email, 'invitation']],
    [
      'reset-password',
      async (owner) => {
        await t.given.resetToken(owner);
        return [owner.email, 'password-reset'];
      },
    ],
    ['verify-email', (owner) => Promise.resolve([owner.email, 'verify-email'])],
  ];

  it.each(LINKS)('%s shows and hides the password, and fits a phone in the dark', async (name, linkFor) => {
    const email = uniqueEmail(`a-rather-long-address-${'x'.repeat(30)}`);
    const owner = await t.given.tenant({ companyName: unique().padEnd(100, 'X'), email });
    const page = await follow(...(await linkFor(owner)), { ...PHONE, colorScheme: 'dark' });
    await leadOf(page);
    const input = page.locator('input[autocomplete$=password]');
    await input.fill(PASSWORD);
    expect(await input.getAttribute('type')).toBe('password');
    await see(page, `${name}-phone`);
    await page.getByRole('button', { name: 'Show' }).click();
    expect([await input.getAttribute('type'), await input.inputValue()]).toEqual(['text', PASSWORD]);
    await see(page, `${name}-phone-shown`);
    await page.getByRole('button', { name: 'Hide' }).click();
    expect(await input.getAttribute('type')).toBe('password');
    expect(await page.evaluate(OVERFLOW)).toBe(0);
  });

  it.each(['accept-invitation', 'reset-password', 'verify-email'])(
    '%s says that its link is not whole',
    async (name) => {
      const page = await open(`${t.server.origin}/${name}`, PHONE);
      expect(await outcomeOf(page)).toContain('There is no token in the address');
      expect(await page.locator('form').isVisible()).toBe(false);
      await see(page, `${name}-no-token`);
    },
  );
});
