import { Connection, request } from '../connection.mjs';
import { chain, spread, walk } from '../courses.mjs';
import { drive } from '../load.mjs';
import { RARE } from './fill.mjs';

const CONNECTIONS = 8;
const TENANT = '/tenants/current';

/**
 * What is measured at one size.
 * @typedef {{ title: string, run: (milliseconds: number) => Promise<import('../load.mjs').Load> }} GrowthPath
 */

/**
 * @param {number} port
 * @param {object[]} accounts registered; the first leads the large tenant
 * @returns {Promise<GrowthPath[]>} the same paths in the same order for every size
 */
export async function growthPaths(port, accounts) {
  const [owner, ...others] = accounts;
  const path = (title, courses) => ({ title, run: (milliseconds) => drive(port, courses, milliseconds) });
  const same = (title, url) =>
    path(
      title,
      times(() => walk([request('GET', url, { token: owner.accessToken })])),
    );
  const pages = (title, url) =>
    path(
      title,
      times(() => turnPages(url, owner.accessToken)),
    );
  const some = await find(port, owner, `${TENANT}/members?limit=50&role=user`);
  const teams = await find(port, owner, `${TENANT}/teams?limit=1`);
  const departments = await find(port, owner, `${TENANT}/departments?limit=1`);
  const emailOf = ({ email }) => encodeURIComponent(email);
  return [
    path(
      'GET /auth/me',
      spread(others, (own) => walk(own.map(get('/auth/me'))), CONNECTIONS),
    ),
    path(
      'GET /auth/verify',
      spread(others, (own) => walk(own.map(get('/auth/verify'))), CONNECTIONS),
    ),
    path(
      'POST /auth/refresh',
      spread(others, ([first]) => chain('/auth/refresh', first.refreshToken), CONNECTIONS),
    ),
    same('sessions', '/auth/sessions'),
    same('members', `${TENANT}/members`),
    pages('members, page after page', `${TENANT}/members`),
    same('members with a rare role', `${TENANT}/members?role=admin`),
    same('members suspended', `${TENANT}/members?status=suspended`),
    same('members of a department', `${TENANT}/members?departmentId=${departments[0].id}`),
    same('members of a team', `${TENANT}/teams/${teams[0].id}/members`),
    same('search: frequent name', `${TENANT}/members?search=ada&limit=10`),
    same('search: rare name', `${TENANT}/members?search=${RARE}`),
    same('search: part of a rare name', `${TENANT}/members?search=${RARE.slice(0, 4)}`),
    path(
      'search: e-mail address',
      times((at) =>
        walk([
          request('GET', `${TENANT}/members?search=${emailOf(some.at(-1 - at))}`, {
            token: owner.accessToken,
          }),
        ]),
      ),
    ),
    same('search: nobody', `${TENANT}/members?search=nobody+at+all`),
    same('audit events', `${TENANT}/audit-events`),
    pages('audit events, page after page', `${TENANT}/audit-events`),
    same('audit events of an action', `${TENANT}/audit-events?action=member.updated`),
    same('audit events of a rare action', `${TENANT}/audit-events?action=tenant.created`),
    same('audit events of a group', `${TENANT}/audit-events?action=session.`),
    same('audit events of a person', `${TENANT}/audit-events?actorId=${some[0].id}`),
    same('audit events refused', `${TENANT}/audit-events?outcome=refused`),
    same('invitations', `${TENANT}/invitations`),
    same('API keys', '/auth/api-keys?limit=10'),
    same('teams', `${TENANT}/teams`),
    same('departments', `${TENANT}/departments`),
  ];
}

const times = (course) => Array.from({ length: CONNECTIONS }, (_, at) => course(at));
const get =
  (url) =>
  ({ accessToken: token }) =>
    request('GET', url, { token });

/** Each response gives the next page; the last one leads back to the first. */
function turnPages(url, token) {
  let cursor = null;
  return {
    next: () => request('GET', cursor === null ? url : `${url}?cursor=${cursor}`, { token }),
    learn: (body) => (cursor = JSON.parse(body).nextCursor),
  };
}

async function find(port, { accessToken: token }, url) {
  const line = await Connection.open({ port });
  const { data } = JSON.parse(await line.send(request('GET', url, { token })));
  line.close();
  return data;
}
