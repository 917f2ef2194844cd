export const PASSWORD = 'sample people sign in here';

/** The sample company of each product, and how its owner creates it with that product's own contract. */
export const COMPANIES = [
  {
    name: 'Acme Sales',
    contract: 'primary',
    owner: { email: 'owner@acme.example', domain: 'acme.example' },
    async create(api, { email }) {
      const body = {
        email,
        password: PASSWORD,
        companyName: 'Acme Sales',
        firstName: 'Olivia',
        lastName: 'Owner',
      };
      const { accessToken } = await api.get('POST', '/auth/register', body);
      await verifyEmail(api, email, accessToken);
    },
  },
  {
    name: 'Kumar Store',
    contract: 'katixo',
    owner: { phone: '+919876500001', domain: 'kumar.example' },
    async create(api, { phone }) {
      const base = '/api/v1/auth';
      await api.get('POST', `${base}/otp/request`, { phone });
      const { code: otp } = await api.message(phone, 'otp');
      await api.get('POST', `${base}/otp/verify`, { phone, otp });
      const business = { businessName: 'Kumar Store', businessType: 'RETAILER' };
      await api.get('POST', `${base}/signup`, {
        phone,
        name: 'Rajesh Kumar',
        password: PASSWORD,
        ...business,
      });
    },
  },
  {
    name: 'Datix Sample',
    contract: 'datixlab',
    owner: { email: 'owner@datix.example', domain: 'datix.example' },
    async create(api, { email }) {
      const names = { full_name: 'John Doe', organization_name: 'Datix Sample' };
      await api.get('POST', '/v1/auth/register', { email, password: PASSWORD, ...names });
      const { accessToken } = await api.get('POST', '/auth/login', { email, password: PASSWORD });
      await verifyEmail(api, email, accessToken);
    },
  },
];

async function verifyEmail(api, email, accessToken) {
  const token = await api.linkToken(email, 'verify-email');
  await api.get('POST', '/auth/verify-email', { token }, accessToken);
}
