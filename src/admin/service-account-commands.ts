import type { Command, Result } from './command.js';
import { productAccounts } from './services.js';

const PRODUCT = { product: { type: 'string', default: '' } } as const;

const describeSecret = ({ id, secret }: Result): string =>
  `client_id      ${String(id)}\nclient_secret  ${String(secret)}\nThe secret is shown only this once.\n`;

/** What operators do with the service accounts of products. */
export const SERVICE_ACCOUNT_COMMANDS: Command[] = [
  {
    usage: 'service-account create <name>',
    summary: 'of --product NAME: it may introspect and authorize the callers of every tenant of the product',
    explained: true,
    options: PRODUCT,
    run: async (app, { operands: [name = ''], act, options }) => {
      const { id, secret } = await (await productAccounts(app)).create(String(options.product), name, act);
      return { changed: true, id, secret };
    },
    describe: describeSecret,
  },
  {
    usage: 'service-account list',
    summary: 'of --product NAME: without secrets',
    explained: false,
    options: PRODUCT,
    run: async (app, { options }) => ({
      accounts: await (await productAccounts(app)).list(String(options.product)),
    }),
    describe: ({ accounts }) =>
      (accounts as { id: string; name: string }[]).map(({ id, name }) => `${id}  ${name}\n`).join(''),
  },
  {
    usage: 'service-account rotate <id>',
    summary: 'a new secret; the present one works for --overlap SECONDS more (default 0)',
    explained: true,
    options: { ...PRODUCT, overlap: { type: 'string', default: '0' } },
    run: async (app, { operands: [id = ''], act, options }) => {
      const overlap = Number(options.overlap);
      const { secret } = await (await productAccounts(app)).rotate(String(options.product), id, overlap, act);
      return { changed: true, id, secret };
    },
    describe: describeSecret,
  },
  {
    usage: 'service-account revoke <id>',
    summary: 'ends its secrets and access tokens at all servers',
    explained: true,
    options: PRODUCT,
    run: async (app, { operands: [id = ''], act, options }) => {
      await (await productAccounts(app)).revoke(String(options.product), id, act);
      return { changed: true };
    },
  },
];
