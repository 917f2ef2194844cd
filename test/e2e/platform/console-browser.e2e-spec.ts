import { join } from 'node:path';
import sharp from 'sharp';
import { drawQrCode } from '../../../src/modules/two-factor/qr-code.js';
import { ConsolePage } from '../../support/console-page.js';
import { type Account, PASSWORD, unique, uniqueEmail } from '../../support/given.js';
import { type Operator, Operators, WHY } from '../../support/operators.js';
import { CHROMIUM } from '../../support/swagger-ui.js';
import { createTestApp } from '../../support/test-app.js';
import { describeWhereInstalled } from '../../support/tools.js';
import { Authenticator } from '../../support/totp.js';
import { until } from '../../support/until.js';

const inBrowser =
  process.env.WITH_BROWSER === '1' ? describeWhereInstalled(CHROMIUM, '--version') : describe.skip;
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
/** The picture on the canvas, as a URL. */
const DRAWN = `document.querySelector('.qr-code').toDataURL()`;
const HOSTILE = `<img src=x onerror=alert(1)> \u202etxet ${'x'.repeat(200)}`;

inBrowser('the console in a browser', () => {
  const t = createTestApp({ PLATFORM_ENABLED: 'true' });
  const operators = new Operators(t);
  let console: ConsolePage;
  let owner: Account;
  let companyName: string;

  beforeEach(async () => {
    companyName = `Company ${unique()}`;
    owner = await t.given.tenant({ companyName, firstName: 'Ada', lastName: 'Lovelace' });
  });
  afterEach(async () => {
    const { complaints } = console;
    await console.close();
    expect(complaints).toEqual([]);
  });

  /** A new operator, with a code that was not used yet. */
  async function enrolled(): Promise<Omit<Operator, 'token' | 'client'>> {
    const email = uniqueEmail('operator');
    return { email, password: PASSWORD, authenticator: await operators.enrol(await operators.create(email)) };
  }

  async function signIn(options: Parameters<typeof ConsolePage.open>[1] = {}): Promise<void> {
    const { email, password, authenticator } = await enrolled();
    console = await ConsolePage.open(t.server.origin, options);
    await console.signIn(email, password, authenticator.nextCode());
  }

  async function see(name: string): Promise<void> {
    const { SCREENSHOTS: folder } = process.env;
    if (folder) await console.page.screenshot({ path: join(folder, `console-${name}.png`), fullPage: true });
  }

  const go = (fragment: string) => console.page.evaluate(`location.hash = '${fragment}'`);

  it('is walked with the keyboard: a person is blocked and unblocked, a tenant suspended and restored', async () => {
    await signIn();
    const { page } = console;
    await page.keyboard.press('/');
    await page.keyboard.type(owner.email);
    await page.keyboard.press('Enter');
    await console.heading('Ada Lovelace');

    await console.press('Block…');
    await console.explain('Block', 'Reported for fraud', 'case 16');
    await console.announced('Ada Lovelace is blocked. One session ended.');
    await see('person-blocked');
    await page.getByText('blocked', { exact: true }).waitFor();
    expect((await owner.client.get('/auth/me')).status).toBe(401);
    await console.press('Unblock…');
    await console.explain('Unblock', 'Cleared', 'case 16');
    await console.announced('Ada Lovelace is no longer blocked.');
    const login = { email: owner.email, password: owner.password };
    const { body } = await t.post('/auth/login', login);

    await console.press(companyName, 'link');
    await console.heading(companyName);
    await console.press('Suspend…');
    await console.explain('Suspend', 'Unpaid', 'case 12');
    await console.announced(`${companyName} is suspended.`);
    await see('tenant-suspended');
    expect((await t.client(body.accessToken).get('/auth/me')).status).toBe(401);
    await console.press('Restore…');
    await console.explain('Restore', 'Paid', 'case 12');
    await console.announced(`${companyName} is active again.`);
    expect((await t.client(body.accessToken).get('/auth/me')).status).toBe(200);

    await console.press('Audit trail', 'link');
    await console.heading('Audit trail');
    await console.fill('On whom or what id', owner.user.id);
    await page.keyboard.press('Enter');
    await page.getByText('Reported for fraud').waitFor();
    await page.getByRole('cell', { name: 'User: unblocked' }).first().waitFor();
    await see('audit-trail');
    const token = await console.token;
    expect(await statusOf(token)).toBe(200);
    await console.press('Sign out', 'button');
    await console.announced('You are signed out.');
    expect(await statusOf(token)).toBe(401);
    expect(await page.locator('body').innerText()).not.toContain(owner.user.id);
  });

  it('keeps the focus in a dialog, gives it back, and does nothing on Escape or without a reason', async () => {
    await signIn();
    await go(`#/tenants/${owner.tenant.id}`);
    await console.heading(companyName);
    await console.press('Delete…');
    const { page } = console;
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await see('delete');
    const names = new Set<string>();
    for (let tabs = 0; tabs < 12; tabs += 1) {
      const focused = await console.focused();
      names.add(focused.name);
      await page.keyboard.press('Tab');
    }
    expect([...names]).toEqual(expect.arrayContaining(['Cancel', 'Delete']));
    expect([...names].some((name) => ['Sign out', 'Suspend…', 'Skip to the content'].includes(name))).toBe(
      false,
    );
    await console.press('Delete');
    expect(await dialog.locator('[name=confirmation]:invalid').count()).toBe(1);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect((await console.focused()).name).toBe('Delete…');
    const reply = await owner.client.get('/auth/me');
    expect(reply.status).toBe(200);
  });

  it('fits a phone, light and dark, on every page', async () => {
    await t.database.query('UPDATE tenants SET name = $2 WHERE id = $1', [owner.tenant.id, HOSTILE]);
    await t.database.query('UPDATE users SET first_name = $2, last_name = $2 WHERE id = $1', [
      owner.user.id,
      HOSTILE,
    ]);
    await signIn({ ...PHONE, colorScheme: 'dark' });
    const { page } = console;
    for (const [fragment, heading] of [
      ['#/tenants', 'Tenants'],
      [`#/tenants/${owner.tenant.id}`, '<img'],
      ['#/people', 'People'],
      ['#/audit', 'Audit trail'],
      ['#/none', 'There is no such page'],
      ['#/', 'Overview'],
      [`#/people/${owner.user.id}`, '<img'],
    ] as const) {
      await go(fragment);
      await page.locator('h1', { hasText: heading }).waitFor();
      await loaded();
      expect([fragment, await console.overflow()]).toEqual([fragment, 0]);
      await see(`phone-${fragment.split('/')[1] || 'overview'}`);
    }
    for (const part of await page.locator('details.part > summary').all()) await part.click();
    // The browser tells the page of a click later
    await page.locator('details.part > .loaded').nth(4).waitFor();
    await loaded();
    expect(await page.locator('details.part > .loaded').count()).toBe(5);
    expect(await console.overflow()).toBe(0);
    await page.getByRole('button', { name: 'Block…' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await console.overflow()).toBe(0);
  });

  /** From the address of the browser, where alone the token works. */
  async function statusOf(token: string): Promise<number> {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${t.server.origin}/platform/auth/me`, { headers })).status;
  }

  /** Of the picture in a `data:` URL. */
  const pixelsOf = (url: string): Promise<Buffer> =>
    sharp(Buffer.from(url.split(',')[1] ?? '', 'base64'))
      .greyscale()
      .raw()
      .toBuffer();

  const loaded = () => console.page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });

  it('shows hostile names as text, without what turns them around', async () => {
    await t.database.query('UPDATE tenants SET name = $2 WHERE id = $1', [owner.tenant.id, HOSTILE]);
    await t.database.query('UPDATE users SET first_name = $2 WHERE id = $1', [owner.user.id, HOSTILE]);
    await signIn();
    for (const fragment of [`#/tenants/${owner.tenant.id}`, `#/people/${owner.user.id}`]) {
      await go(fragment);
      const shown = await console.page.locator('h1', { hasText: '<img src=x onerror=alert(1)>' }).innerText();
      expect(shown).not.toContain('\u202e');
    }
    expect(await console.page.locator('img').count()).toBe(0);
  });

  it('sets an operator up with the token of the command, and signs out with a reload', async () => {
    const email = uniqueEmail('operator');
    const enrolmentToken = await operators.create(email);
    console = await ConsolePage.open(t.server.origin);
    const { page } = console;
    await console.press('I have an enrolment token');
    await console.fill('Enrolment token', enrolmentToken);
    await page.keyboard.press('Enter');
    const secret = (await page.locator('.secret code').innerText()).replaceAll(' ', '');
    expect((await console.focused()).name).toBe('Set up your account');
    await page.getByRole('img', { name: 'QR code of the key below' }).waitFor();
    const link = await page.getByRole('link', { name: 'Open the app on this device' }).getAttribute('href');
    expect(link).toContain(`secret=${secret}`);
    expect(await pixelsOf(await page.evaluate<string>(DRAWN))).toEqual(
      await pixelsOf(await drawQrCode(String(link))),
    );
    const authenticator = new Authenticator(secret);
    await console.fill('A new password', PASSWORD);
    await console.fill('The code that the app shows', authenticator.code());
    await page.keyboard.press('Enter');
    await console.announced('You are set up.');
    await console.fill('Password', PASSWORD);
    await console.fill('Code of your authenticator app', authenticator.wrongCode());
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'the password or the code is wrong' }).waitFor();
    await console.fill('Code of your authenticator app', authenticator.nextCode());
    await page.keyboard.press('Enter');
    await console.heading('Overview');
    expect(await page.evaluate('[localStorage.length, sessionStorage.length, document.cookie]')).toEqual([
      0,
      0,
      '',
    ]);
    const token = await console.token;
    expect(await statusOf(token)).toBe(200);
    await page.reload();
    await console.heading('Sign in');
    await until(async () => (await statusOf(token)) === 401);
  });

  it('keeps the focus in a list that is read to its end', async () => {
    const rows = 120;
    const name = `Many ${unique()}`;
    await t.database.query(
      `INSERT INTO tenants (id, name, slug, name_key) SELECT gen_random_uuid(), $1 || ' ' || n, lower(replace($1, ' ', '-')) || '-' || n, $1 || n FROM generate_series(1, $2::int) n`,
      [name, rows],
    );
    await signIn();
    const { page } = console;
    await go('#/tenants');
    await console.heading('Tenants');
    await page.getByRole('table').waitFor();
    const shown = () => page.locator('tbody tr').count();
    for (let before = await shown(); ; before = await shown()) {
      await console.press('Show more');
      await until(async () => (await shown()) > before);
      const { name: focused } = await console.focused();
      if (focused === 'Show more') continue;
      await until(async () => (await console.focused()).name === `All ${await shown()} are shown.`);
      break;
    }
    expect(await shown()).toBeGreaterThan(rows);
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
  });

  it('opens no page of an id that the server did not look up, and says if it did not sign out', async () => {
    await signIn();
    const { page } = console;
    await page.route(/\/platform\/(auth\/sign-out|tenants\/)/, (route) =>
      route.fulfill({ status: 429, json: { code: 'rate_limit_exceeded' } }),
    );
    await page.keyboard.press('/');
    await page.keyboard.type(owner.tenant.id);
    await page.keyboard.press('Enter');
    await console.announced('Too many requests.');
    expect(await page.evaluate('location.hash')).not.toContain(owner.tenant.id);
    await console.press('Sign out', 'button');
    await console.heading('Sign in');
    expect(await page.locator('.note').innerText()).toBe('Too many requests.');
  });

  it('says in a sentence that a session has ended, and goes on where it was after the next sign-in', async () => {
    const { email, password, authenticator } = await enrolled();
    console = await ConsolePage.open(t.server.origin);
    await console.signIn(email, password, authenticator.nextCode());
    await go(`#/tenants/${owner.tenant.id}`);
    await console.heading(companyName);
    await t.database.query('DELETE FROM operator_sessions');
    await console.press('Suspend…');
    await console.page.getByRole('dialog').waitFor();
    await console.fill('Reason for the operators’ audit trail', WHY.reason);
    await console.fill('Reference such as the case; the tenants concerned see it', WHY.reference);
    await console.page.keyboard.press('Enter');
    await console.announced('Your session has ended.');
    expect(await console.page.getByRole('dialog').count()).toBe(0);
    expect((await owner.client.get('/auth/me')).status).toBe(200);
    expect((await console.focused()).name).toBe('E-mail address');
    await t.database.query('UPDATE operators SET last_step = 0 WHERE email = $1', [email]);
    await console.signIn(email, password, authenticator.nextCode(), companyName);
  });
});
