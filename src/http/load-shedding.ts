import type { FastifyInstance } from 'fastify';
import type { PasswordHasher } from '../modules/passwords/password-hasher.js';
import { HashingOverloaded } from '../modules/passwords/passwords.errors.js';

/**
 * Refuses requests for `HASHING` handlers while the hasher is full, before their guards and validation run, and ends
 * their connections. The event loop accepts one connection in each of its rounds: a caller who tries again at once waits
 * for that, and requests on other connections are served meanwhile.
 */
export function installLoadShedding(fastify: FastifyInstance, hasher: PasswordHasher): void {
  fastify.addHook('preValidation', (request, reply, done) => {
    const { hashesPassword } = request.routeOptions.config as { hashesPassword?: boolean };
    if (!hashesPassword || !hasher.isFull) return done();
    void reply.header('connection', 'close');
    done(new HashingOverloaded());
  });
}
