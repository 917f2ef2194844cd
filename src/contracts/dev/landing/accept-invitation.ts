import { landingPage } from './page.js';

export const ACCEPT_INVITATION = landingPage({
  title: 'Accept the invitation',
  hint: 'Does this address have an account already? Then its own password joins, and its names stay.',
  fields: [
    { name: 'firstName', label: 'First name', type: 'text', autocomplete: 'given-name', isOptional: true },
    { name: 'lastName', label: 'Last name', type: 'text', autocomplete: 'family-name', isOptional: true },
    { name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password' },
  ],
  action: 'Join',
  script: `
run(
  async () => {
    const { invitedBy, email, tenantName, roleName } =
      await call('GET', '/auth/invite/validate?token=' + encodeURIComponent(token));
    return invitedBy + ' invites ' + email + ' into ' + tenantName + ' as ' + roleName + '.';
  },
  async (fields) => {
    const { user, tenant } = await call('POST', '/auth/invite/accept', { token, ...fields });
    lead.textContent = '';
    const name = [user.firstName, user.lastName].filter(Boolean).join(' ');
    showSuccess('You are ' + name, user.email + ' is in ' + tenant.companyName + ' with the role ' + user.role + '.');
  },
);
`,
});
