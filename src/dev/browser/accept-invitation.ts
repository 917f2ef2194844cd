import { call, run, showSuccess, token } from './link-page.js';

interface Preview {
  invitedBy: string;
  email: string;
  tenantName: string;
  roleName: string;
}

interface Joined {
  user: { firstName: string; lastName: string; email: string; role: string };
  tenant: { companyName: string };
}

void run(
  async () => {
    const path = `/auth/invite/validate?token=${encodeURIComponent(token)}`;
    const { invitedBy, email, tenantName, roleName } = await call<Preview>('GET', path);
    return `${invitedBy} invites ${email} into ${tenantName} as ${roleName}.`;
  },
  async (fields) => {
    const { user, tenant } = await call<Joined>('POST', '/auth/invite/accept', { token, ...fields });
    const name = [user.firstName, user.lastName].filter(Boolean).join(' ');
    showSuccess(`You are ${name}`, `${user.email} is in ${tenant.companyName} with the role ${user.role}.`);
  },
);
