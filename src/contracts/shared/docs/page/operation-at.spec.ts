import { operationAt } from './operation-at.js';

const PATHS = {
  '/auth/sessions': { get: { operationId: 'listSessions' } },
  '/auth/sessions/{id}': { get: {}, delete: { operationId: 'endSession' } },
  '/auth/sessions/current': { delete: { operationId: 'endCurrentSession' } },
  '/teams/{id}/members/{memberId}': { put: { operationId: 'addMember' } },
};

describe('the operation of a request', () => {
  it('is found by method and path, whatever the origin and the query', () => {
    const found = { id: 'listSessions', parameters: {} };
    expect(operationAt(PATHS, 'GET', 'https://id.example.com/auth/sessions?limit=5')).toEqual(found);
    expect(operationAt(PATHS, 'get', '/auth/sessions')).toEqual(found);
  });

  it('has the parameters of the path', () => {
    const parameters = { id: 't1', memberId: 'm1' };
    expect(operationAt(PATHS, 'PUT', '/teams/t1/members/m1')).toEqual({ id: 'addMember', parameters });
  });

  it('is the one with the literal path, where a template matches too', () => {
    expect(operationAt(PATHS, 'DELETE', '/auth/sessions/s1')?.id).toBe('endSession');
    expect(operationAt(PATHS, 'DELETE', '/auth/sessions/current')?.id).toBe('endCurrentSession');
  });

  it.each([
    ['POST', '/auth/sessions'],
    ['GET', '/auth/sessions/s1'],
    ['DELETE', '/auth/sessions/'],
    ['DELETE', '/auth/sessions/s1/more'],
    ['GET', '/auth'],
  ])('is unknown for %s %s', (method, url) => {
    expect(operationAt(PATHS, method, url)).toBeUndefined();
  });
});
