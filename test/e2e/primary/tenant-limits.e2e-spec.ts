import { burst, countBy } from '../../support/burst.js';
import { unique } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

describe('the size of an organisation', () => {
  const t = useSharedApp({
    MAX_ROLES_PER_TENANT: '10',
    MAX_DEPARTMENTS_PER_TENANT: '4',
    MAX_TEAMS_PER_TENANT: '4',
  });

  it.each([
    { kind: 'roles', code: 'role_limit_reached', before: 10 - 3 - 1 },
    { kind: 'departments', code: 'department_limit_reached', before: 4 - 1 },
    { kind: 'teams', code: 'team_limit_reached', before: 4 - 1 },
  ] as const)(
    'is limited in $kind: one of twenty parallel requests gets the last place',
    async ({ kind, code, before }) => {
      const owner = await t.given.tenant();
      const path = `/tenants/current/${kind}`;
      const create = () => {
        const name = `N ${unique()}`;
        const role = { key: `r${unique()}`, level: 20, permissions: {} };
        return owner.client.post(path, kind === 'roles' ? { name, ...role } : { name });
      };
      for (let made = 0; made < before; made += 1) expect((await create()).status).toBe(201);

      const replies = await burst(20, create);

      expect(countBy(replies, ({ status }) => status)).toEqual({ 201: 1, 409: 19 });
      for (const reply of replies) if (reply.status !== 201) expect(reply).toBeProblem(code);
      const last = replies.find(({ status }) => status === 201)?.body.id ?? '';
      expect((await owner.client.delete(`${path}/${last}`)).status).toBe(204);
      expect((await create()).status).toBe(201);
      expect(await create()).toBeProblem(code);
    },
  );
});
