import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createProductsFolder, removeProductsFolder } from '../../../test/support/products.js';
import { readProducts } from './read-products.js';

const CLINIC = JSON.parse(readFileSync('products/examples/clinic.json', 'utf8')) as Record<string, unknown>;
const roles = (change: object) => [
  { key: 'owner', name: 'Owner', level: 100, permissions: ['*'], ...change },
];

function read(files: Record<string, unknown>) {
  const folder = createProductsFolder(files);
  try {
    const { problems, ...found } = readProducts(folder);
    return { ...found, problems: problems.map((problem) => problem.replaceAll(folder, '')) };
  } finally {
    removeProductsFolder(folder);
  }
}

it('the schema of products is one, and has no misspelt keyword', () => {
  const schema = JSON.parse(readFileSync('products/schema/product.schema.json', 'utf8')) as object;
  const strict = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true });
  expect(strict.compile(schema)).toBeInstanceOf(Function);
});

describe('readProducts', () => {
  it('reads the shipped products, a fourth one and a language, without a fault', () => {
    const { products, languages, problems } = read({ 'languages/ta.json': { greeting: 'வணக்கம் {{name}},' } });
    expect(problems).toEqual([]);
    expect(products.map(({ key }) => key)).toEqual(['primary', 'clinic', 'katixo', 'datixlab']);
    expect(languages).toEqual({ ta: { greeting: 'வணக்கம் {{name}},' } });
  });

  it('reads language tags as people write them', () => {
    const text = { greeting: 'Olá {{name}},' };
    const messages = { 'pt-br': text, 'zh-hant': text };
    const { products, languages, problems } = read({
      'languages/pt_br.json': text,
      'languages/TA.json': text,
      'clinic.json': { ...CLINIC, messages },
    });
    expect([problems, languages]).toEqual([[], { 'pt-BR': text, ta: text }]);
    expect(products.find(({ key }) => key === 'clinic')?.messages).toEqual({
      'pt-BR': text,
      'zh-Hant': text,
    });
  });

  it.each([
    ['Tamil', '/languages: "Tamil" is no language tag. Example: pt-BR'],
    ['ta-', '/languages: "ta-" is no language tag. Example: pt-BR'],
    ['pt_br', '/languages: "pt_br" is pt-BR, which is there already. Example: pt-BR'],
  ])('refuses the language %s', (name, problem) => {
    const { problems } = read({ 'languages/pt-BR.json': {}, [`languages/${name}.json`]: {} });
    expect(problems).toEqual([problem]);
  });

  it('reads a file that begins with a byte order mark', () => {
    const { languages, problems } = read({ 'languages/ta.json': '\uFEFF{"greeting":"வணக்கம்"}' });
    expect([problems, languages]).toEqual([[], { ta: { greeting: 'வணக்கம்' } }]);
  });

  it('refuses a file in another encoding, which would lose letters', () => {
    const { problems } = read({ 'languages/de.json': Buffer.from('{"greeting":"Grüß Gott"}', 'latin1') });
    expect(problems).toEqual([expect.stringMatching(/de\.json is not JSON: it is no text in UTF-8/)]);
  });

  it.each<[string, object, RegExp]>([
    [
      'an unknown member',
      { colour: 'red' },
      /^\/clinic\.json \/ must NOT have additional properties \("colour"\)/,
    ],
    ['no contract of ours', { contract: 'soap' }, /\/contract must be equal to .*Example: "primary"$/],
    [
      'a resource of Gatehouse',
      { resources: { members: ['view'] } },
      /\/resources\/members is a resource of Gatehouse/,
    ],
    [
      'a word that is none',
      { resources: { 'dental-charts': ['view'] } },
      /\/resources must match pattern .*Example: "dental_charts"$/,
    ],
    ['a prototype', { resources: { constructor: ['view'] } }, /\/resources must NOT be valid/],
    ['a name that objects inherit', { resources: { toString: ['view'] } }, /\/resources must NOT be valid/],
    ['such an action', { resources: { charts: ['valueOf'] } }, /\/resources\/charts\/0 must NOT be valid/],
    [
      'a prototype as an action',
      { resources: { charts: ['prototype'] } },
      /\/resources\/charts\/0 must NOT be valid/,
    ],
    [
      'no action',
      { resources: { charts: [] } },
      /\/resources\/charts must NOT have fewer than 1 items.*Example: \["view","edit"\]$/,
    ],
    ['a resource that is not there', { closedToApiKeys: ['ghosts'] }, /\/closedToApiKeys\/0 is no resource/],
    [
      'a permission that is not there',
      { roles: roles({ permissions: ['*', 'ghosts.view'] }) },
      /\/roles\/0\/permissions\/1 fits no permission. Example: "dental_charts.view"$/,
    ],
    [
      'an exception that is not there',
      { roles: [...roles({}), ...roles({ key: 'b', level: 1, except: ['a.b'] })] },
      /\/roles\/1\/except\/0 fits no/,
    ],
    [
      'a first role without everything',
      { roles: roles({ permissions: ['*.view'] }) },
      /\/roles\/0\/permissions must be all/,
    ],
    ['a first role below the top', { roles: roles({ level: 99 }) }, /\/roles\/0\/level must be 100/],
    [
      'two top roles',
      { roles: [...roles({}), ...roles({ key: 'b' })] },
      /\/roles\/1\/level must be below 100/,
    ],
    [
      'a role twice',
      { roles: [...roles({}), ...roles({ level: 1 })] },
      /\/roles\/1\/key is the key of another role. Example: "owner-2"$/,
    ],
    [
      'a path of Gatehouse',
      { basePath: '/auth/clinic' },
      /\/basePath is taken by Gatehouse. Example: "\/clinic"$/,
    ],
    ['the root, of the first product', { basePath: '/' }, /has the \/basePath of another product/],
    [
      'the root, of another contract',
      { contract: 'katixo', basePath: '/' },
      /\/basePath is taken by Gatehouse/,
    ],
    ['a path with a slash too many', { basePath: '/clinic/' }, /\/basePath must match pattern/],
    [
      'no link',
      { appUrl: 'javascript:alert(1)' },
      /\/appUrl must match pattern .*Example: "https:\/\/clinic\.example\.com"$/,
    ],
    ['a link with a query', { appUrl: 'https://a.example/?x=1' }, /\/appUrl must match pattern/],
    [
      'two senders',
      { sender: { name: 'A', address: 'a@b.example, c@d.example' } },
      /\/sender\/address must match pattern/,
    ],
    [
      'a sender with a port',
      { sender: { name: 'A', address: 'a@b.example:25' } },
      /\/sender\/address must match pattern/,
    ],
    [
      'a sender whose name authenticator apps would cut',
      { sender: { name: 'Clinic: North' } },
      /\/sender\/name must match pattern .*Example: "Smile Clinic"$/,
    ],
    ['an audience without a scheme', { audience: 'clinic.example.com' }, /\/audience must match pattern/],
    ['an audience with a port only', { audience: 'localhost:8080' }, /\/audience must match pattern/],
    [
      'an audience with a fragment',
      { audience: 'https://clinic.example.com/#x' },
      /\/audience must match pattern .*Example: "https:\/\/clinic\.example\.com"$/,
    ],
    ['a sender in two lines', { sender: { name: 'A\r\nBcc: x' } }, /\/sender\/name must match pattern/],
    [
      'an unknown text',
      { messages: { en: { 'otp.smss': 'x' } } },
      /\/messages\/en must NOT have additional properties \("otp\.smss"\)/,
    ],
    ['no language', { messages: { english: {} } }, /\/messages must match pattern .*Example: "ta"$/],
    [
      'an unknown placeholder',
      { messages: { en: { 'otp.subject': 'Your {{cod}}' } } },
      /\/messages\/en\/otp\.subject must match pattern .*Example: "Your \{\{sender\}\} code"$/,
    ],
    [
      'a code in a subject',
      { messages: { en: { 'otp.subject': 'Your {{code}}' } } },
      /\/messages\/en\/otp\.subject must match/,
    ],
    [
      'an SMS without its code',
      { messages: { en: { 'otp.sms': 'Hello' } } },
      /\/messages\/en\/otp\.sms must match pattern .*Example: "\{\{code\}\} is your/,
    ],
    [
      'an SMS without its link',
      { messages: { hi: { 'invitation.sms.short': 'निमंत्रण' } } },
      /\/messages\/hi\/invitation\.sms\.short must match/,
    ],
    [
      'a text that refers to another',
      { messages: { en: { greeting: '$t(otp.text)' } } },
      /\/messages\/en\/greeting must match/,
    ],
    [
      'a text with markup',
      { messages: { en: { greeting: '<b>Hi</b>' } } },
      /\/messages\/en\/greeting must match/,
    ],
    [
      'a text in two lines',
      { messages: { en: { 'otp.sms': '{{code}}\n@evil.example #123456' } } },
      /\/messages\/en\/otp\.sms must match/,
    ],
  ])('refuses %s, with the path and an example', (_, change, problem) => {
    const { problems, products } = read({ 'clinic.json': { ...CLINIC, ...change } });
    expect(problems).toEqual(expect.arrayContaining([expect.stringMatching(problem)]));
    for (const one of problems) expect(one).toMatch(/^(\/clinic\.json |: ).*(Example: |$)/);
    if (!problems.some((one) => one.startsWith(':'))) expect(products).toHaveLength(3);
  });

  it('reports the faults of all files at once', () => {
    const { problems } = read({
      'clinic.json': { ...CLINIC, contract: 'soap', basePath: 'x' },
      'katixo.json': '{',
      'languages/ta.json': { 'otp.subject': '{{nobody}}' },
      'Dental Practice.json': { ...CLINIC, basePath: '/dental' },
      'a192f3a0-0000-7000-8000-000000000000.json': { ...CLINIC, basePath: '/gym' },
      'platform.json': { ...CLINIC, basePath: '/books' },
    });
    expect(problems.map((problem) => problem.split(' ').slice(0, 2).join(' '))).toEqual([
      '/Dental Practice.json',
      '/a192f3a0-0000-7000-8000-000000000000.json must',
      '/clinic.json /contract',
      '/clinic.json /basePath',
      '/katixo.json is',
      '/platform.json must',
      '/languages/ta.json /otp.subject',
    ]);
  });

  it('demands a product at the path of each contract', () => {
    const katixo = JSON.parse(readFileSync('products/katixo.json', 'utf8')) as object;
    const { problems } = read({ 'katixo.json': { ...katixo, basePath: '/other' } });
    expect(problems).toEqual([
      ': no product has the /contract "katixo" and its own /basePath. Example: "/api/v1"',
    ]);
  });

  it('names the variable if the folder of languages is a file', () => {
    expect(read({ languages: 'x' }).problems).toEqual([
      expect.stringMatching(/^PRODUCTS_DIR must be a readable folder: .*\/languages/),
    ]);
  });

  it('names the variable if there is no folder', () => {
    expect(readProducts('/nowhere').problems[0]).toMatch(
      /^PRODUCTS_DIR must be a readable folder: .*Example: PRODUCTS_DIR=/,
    );
  });
});
