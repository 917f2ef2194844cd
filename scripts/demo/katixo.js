const BASE = '/api/v1';
const PASSWORD = 'kirana store at dawn';

/** The contract of a product that signs people up by phone. */
export async function walkKatixo(walk) {
  walk.chapter(`Katixo: phone first, at ${BASE}`);
  const phone = walk.phone();
  await verify(walk, phone);
  const owner = {
    phone,
    name: 'Rajesh Kumar',
    password: PASSWORD,
    businessName: `Kumar Store ${walk.mark}`,
    businessType: 'RETAILER',
  };
  const { data } = await walk.step('He signs up.', 'POST', `${BASE}/auth/signup`, {
    body: owner,
    expect: 201,
  });
  const token = data.accessToken;
  await walk.step('Who is he, and what may he do?', 'GET', `${BASE}/auth/me`, { token });
  await hire(walk, token);
  const body = { name: `Kumar Wholesale ${walk.mark}`, businessType: 'WHOLESALER' };
  const shop = await walk.step('He opens another business', 'POST', `${BASE}/users/me/organisations`, {
    token,
    body,
    expect: 201,
  });
  const switched = await walk.step('and works there:', 'POST', `${BASE}/users/me/switch-org`, {
    token,
    body: { orgId: shop.data.id },
  });
  await walk.step('the old tokens are refused.', 'GET', `${BASE}/auth/me`, {
    token,
    expect: 401,
  });
  await walk.step('He signs out everywhere.', 'POST', `${BASE}/auth/logout`, {
    token: switched.data.accessToken,
  });
}

async function verify(walk, phone) {
  await walk.step('Rajesh requests a code', 'POST', `${BASE}/auth/otp/request`, { body: { phone } });
  const { code: otp } = await walk.message(phone, 'otp');
  await walk.step('and verifies his number with it.', 'POST', `${BASE}/auth/otp/verify`, {
    body: { phone, otp },
  });
}

async function hire(walk, token) {
  const phone = walk.phone();
  const body = { phone, role: 'ACCOUNTANT', name: 'Priya Sharma' };
  await walk.step('He invites an accountant by SMS.', 'POST', `${BASE}/auth/invite`, {
    token,
    body,
    expect: 201,
  });
  const accept = {
    token: await walk.linkToken(phone, 'invitation'),
    password: 'ledgers and ladders',
    name: 'Priya Sharma',
  };
  await walk.step('She joins.', 'POST', `${BASE}/auth/invite/accept`, { body: accept, expect: 201 });
}
