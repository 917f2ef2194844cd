import { call, run, showSuccess, token } from './link-page.js';

interface Preview {
  invitedBy: string;
  email: string | null;
  phone: string | null;
  tenantName: string;
  roleName: string;
}

interface Joined {
  user: { firstName: string; lastName: string; email: string | null; phone: string | null; role: string };
  tenant: { companyName: string };
}

/** The answer for an account with a second factor: it has joined, and is not signed in. */
interface SecondFactorRequired {
  requiresTwoFactor: true;
}

void run(
  async () => {
    const path = `/auth/invite/validate?token=${encodeURIComponent(token)}`;
    const { invitedBy, email, phone, tenantName, roleName } = await call<Preview>('GET', path);
    return `${invitedBy} invites ${email ?? phone ?? ''} into ${tenantName} as ${roleName}.`;
  },
  async (fields) => {
    const body = { token, ...fields };
    const answer = await call<Joined | SecondFactorRequired>('POST', '/auth/invite/accept', body);
    if ('requiresTwoFactor' in answer) {
      showSuccess('You have joined', 'Sign in with your password and a code of your authenticator.');
      return;
    }
    const { user, tenant } = answer;
    const name = [user.firstName, user.lastName].filter(Boolean).join(' ');
    const identifier = user.email ?? user.phone ?? name;
    showSuccess(`You are ${name}`, `${identifier} is in ${tenant.companyName} with the role ${user.role}.`);
  },
);
