import { burst, countBy } from '../../support/burst.js';
import type { Client } from '../../support/client.js';
import { PASSWORD, unique } from '../../support/given.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';

/**
 * This contract's sign-up takes no ticket. Instead, the number must have been verified from the same address, once for
 * each sign-up.
 */
describe('signing up with a number and no ticket', () => {
  const t = useSharedApp();
  const phones = new Phones(t);
  const verify = async (phone: string, from: Client) =>
    from.post('/api/v1/auth/otp/verify', { phone, otp: await phones.newCode(phone) });
  const signUp = (phone: string, from: Client, headers: Record<string, string> = {}) => {
    const names = { name: 'Rajesh Kumar', businessName: `Store ${unique()}`, businessType: 'RETAILER' };
    return from.post<{ errors: { code: string }[] | null; data: { user: { phone: string } } }>(
      '/api/v1/auth/signup',
      { phone, password: PASSWORD, ...names },
      { headers },
    );
  };
  const codeOf = (reply: Awaited<ReturnType<typeof signUp>>) => reply.body.errors?.[0]?.code ?? 'none';

  it('works after the number was verified from the same address, in whatever notation', async () => {
    const [phone, client] = [uniquePhone(), t.client()];
    await verify(phone, client);
    const reply = await signUp(`${phone.slice(0, 3)} ${phone.slice(3)}`, client);
    expect(reply.body.data.user.phone).toBe(phone);
  });

  it('works once, in ten parallel requests', async () => {
    const [phone, client] = [uniquePhone(), t.client()];
    await verify(phone, client);
    const replies = await burst(10, () => signUp(phone, client));
    expect(countBy(replies, codeOf)).toEqual({ none: 1, phone_not_verified: 9 });
  });

  it('does not work from another address, whatever its headers say', async () => {
    const [phone, client] = [uniquePhone(), t.client()];
    await verify(phone, client);
    const headers = { 'x-forwarded-for': client.address, forwarded: `for=${client.address}` };
    expect(codeOf(await signUp(phone, t.client(), headers))).toBe('phone_not_verified');
    expect(codeOf(await signUp(phone, client))).toBe('none');
  });

  it('does not work for another number', async () => {
    const [phone, client] = [uniquePhone(), t.client()];
    await verify(phone, client);
    expect(codeOf(await signUp(uniquePhone(), client))).toBe('phone_not_verified');
  });

  it('does not work after ten minutes', async () => {
    const [phone, client] = [uniquePhone(), t.client()];
    await verify(phone, client);
    await t.database.pass(601);
    expect(codeOf(await signUp(phone, client))).toBe('phone_not_verified');
  });

  it('does not work after the ticket of the same verification was used', async () => {
    const [phone, client] = [uniquePhone(), t.client()];
    const token = await phones.signupToken(phone, client);
    expect((await client.post('/auth/signup', phones.signup(token))).status).toBe(201);
    expect(codeOf(await signUp(phone, client))).toBe('phone_not_verified');
  });

  it('does not reveal whether a number has an account', async () => {
    const { phone } = await phones.account();
    const [known, unknown] = [await signUp(phone, t.client()), await signUp(uniquePhone(), t.client())];
    expect(known.status).toBe(unknown.status);
    expect(known.text).toBe(unknown.text);
  });
});
