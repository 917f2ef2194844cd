import { burst, countBy } from '../../support/burst.js';
import type { Reply } from '../../support/client.js';
import { at, Datixlab, type DatixlabAccount } from '../../support/datixlab.js';
import { at as atKatixo } from '../../support/katixo.js';
import { useSharedApp } from '../../support/test-app.js';
import { type SecondFactor, TwoFactor } from '../../support/two-factor.js';

type Person = DatixlabAccount & SecondFactor;

/** The fields that give the result, in one contract or another. */
interface Result {
  code?: string;
  errors?: { code: string }[] | null;
  tempToken?: string;
  temp_token?: string;
  data?: { tempToken?: string } | null;
}

const PATHS = {
  primary: (path: string) => `/auth${path}`,
  katixo: (path: string) => atKatixo(`/auth${path}`),
  datixlab: at,
};
type ContractName = keyof typeof PATHS;
const CONTRACTS = Object.keys(PATHS) as ContractName[];
const contractOf = (index: number): ContractName => CONTRACTS[index % CONTRACTS.length] ?? 'datixlab';

const outcome = ({ status, body }: Reply<Result>): string =>
  status === 200 ? 'in' : (body.code ?? body.errors?.[0]?.code ?? String(status));

describe('one second factor in every contract:', () => {
  const t = useSharedApp();
  const d = new Datixlab(t);
  const twoFactor = new TwoFactor(t);

  const person = async (): Promise<Person> => {
    const owner = await d.owner();
    return { ...owner, ...(await twoFactor.enable(owner.client)) };
  };
  const ask = async (contract: ContractName, { email, password }: Person): Promise<string> => {
    const { body } = await t.client().post<Result>(PATHS[contract]('/login'), { email, password });
    return body.tempToken ?? body.temp_token ?? body.data?.tempToken ?? 'none';
  };
  const show = async (contract: ContractName, token: string, code = ''): Promise<string> => {
    const member = contract === 'datixlab' ? 'temp_token' : 'tempToken';
    return outcome(await t.client().post<Result>(PATHS[contract]('/verify-2fa'), { [member]: token, code }));
  };
  const codesLeft = async ({ client }: Person) => (await client.get('/auth/2fa')).body.backupCodesLeft;
  const counts = (outcomes: string[]) => countBy(outcomes, (one) => one);

  it.each(CONTRACTS.flatMap((here) => CONTRACTS.map((there) => [here, there] as const)))(
    'a temp token of %s is consumed at %s, and then refused everywhere',
    async (here, there) => {
      const owner = await person();
      const token = await ask(here, owner);
      expect(await show(there, token, owner.authenticator.code())).toBe('in');
      for (const contract of CONTRACTS)
        expect(await show(contract, token, owner.backupCodes[0])).toBe('temp_token_invalid');
      expect(await codesLeft(owner)).toBe(10);
    },
  );

  it('a temp token is consumed once in twenty-one parallel requests, seven in each contract', async () => {
    const owner = await person();
    const token = await ask('datixlab', owner);
    const shown = await burst(21, (index) => show(contractOf(index), token, owner.backupCodes[index % 10]));
    expect(counts(shown).in).toBe(1);
    expect(await codesLeft(owner)).toBe(9);
  });

  it.each(CONTRACTS)('a code used at %s is used in every contract', async (first) => {
    const owner = await person();
    const code = owner.authenticator.code();
    expect(await show(first, await ask(first, owner), code)).toBe('in');
    for (const contract of CONTRACTS)
      expect(await show(contract, await ask(contract, owner), code)).toBe('two_factor_code_invalid');
    const off = { password: owner.password, code };
    expect(await d.post('/disable-2fa', off, owner.client)).toBeProblem('two_factor_code_invalid');
  });

  it('the code that confirmed in one contract is refused at sign-in in all', async () => {
    const owner = await d.owner();
    const factor = await twoFactor.enrol(owner.client);
    const code = factor.authenticator.code();
    expect((await d.post('/confirm-2fa', { code }, owner.client)).status).toBe(200);
    const enrolled = { ...owner, ...factor };
    for (const contract of CONTRACTS) {
      expect(await show(contract, await ask(contract, enrolled), code)).toBe('two_factor_code_invalid');
    }
  });

  it.each([
    ['code', (owner: Person) => owner.authenticator.code()],
    ['backup code', (owner: Person) => owner.backupCodes[0]],
  ])(
    'one %s signs in once in twenty-one parallel requests, with a temp token of each contract',
    async (_, choose) => {
      const owner = await person();
      const tokens = await burst(21, (index) => ask(contractOf(index), owner));
      expect(new Set(tokens).size).toBe(21);
      const code = choose(owner);
      const shown = await burst(21, (index) => show(contractOf(index + 1), tokens[index] ?? '', code));
      expect(counts(shown).in).toBe(1);
    },
  );

  describe('wrong codes, sent to one contract after the other,', () => {
    const guess = async (owner: Person) => {
      const token = await ask('katixo', owner);
      const outcomes: string[] = [];
      for (let index = 0; index < 5; index += 1) {
        outcomes.push(await show(contractOf(index), token, owner.authenticator.wrongCode(index)));
      }
      return { token, counted: counts(outcomes) };
    };

    it('are limited to five for a temp token', async () => {
      const owner = await person();
      const { token, counted } = await guess(owner);
      expect(counted).toEqual({ two_factor_code_invalid: 5 });
      for (const contract of CONTRACTS) {
        expect(await show(contract, token, owner.authenticator.code())).toBe('temp_token_invalid');
      }
    });

    it('are limited to ten for a person', async () => {
      const owner = await person();
      for (const { counted } of [await guess(owner), await guess(owner)]) {
        expect(counted).toEqual({ two_factor_code_invalid: 5 });
      }
      for (const contract of CONTRACTS) {
        const token = await ask(contract, owner);
        expect(await show(contract, token, owner.authenticator.code())).toBe('too_many_attempts');
        const { status } = await d.post(
          '/disable-2fa',
          { password: owner.password, code: owner.backupCodes[0] },
          owner.client,
        );
        expect(status).toBe(429);
      }
    });
  });

  it('turning it off in one contract turns it off in all', async () => {
    const owner = await person();
    const off = { password: owner.password, code: owner.backupCodes[0] };
    expect((await d.post('/disable-2fa', off, owner.client)).status).toBe(200);
    for (const contract of CONTRACTS) expect(await ask(contract, owner)).toBe('none');
  });
});
