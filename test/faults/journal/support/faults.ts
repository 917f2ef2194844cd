import type { Behaviour } from '../../../support/sms-provider.js';
import type { FaultWorld } from './fault-world.js';

export type FaultKind = keyof typeof FAULTS;

type Fault = (world: FaultWorld) => Promise<void>;

/** What happens between the beginning and the end of a fault is the world's load, for a random number of requests. */
const FAULTS = {
  /** A server, with SIGKILL. */
  kill: async (world) => {
    const server = world.anyServer();
    await server.kill();
    await world.passes();
    await server.run();
  },
  /** A server, with SIGTERM. */
  stop: async (world) => {
    const server = world.anyServer();
    const { code, signal } = await server.stop();
    if (code !== 0) world.load.journal.unexpected.push(`SIGTERM ended with ${code ?? signal}`);
    await world.passes();
    await server.run();
  },
  /** A server, with SIGSTOP. */
  freeze: (world) => during(world, world.anyServer().freeze()),

  'database-fast': (world) => restartDatabase(world, 'fast'),
  'database-immediate': (world) => restartDatabase(world, 'immediate'),
  'database-freeze': (world) => during(world, world.postgres.freeze()),
  /** 15 connections at least, one at a time. */
  connections: async (world) => {
    for (let ended = 0; ended < 15; ended += await world.postgres.endConnections()) await world.passes(6);
  },
  /** The network between the servers and the database, 15 milliseconds in each direction. */
  slow: async (world) => {
    world.databaseRoute.slow(15);
    await world.postgres.endConnections();
    await world.passes();
    world.databaseRoute.slow(0);
    await world.postgres.endConnections();
  },

  'redis-kill': async (world) => {
    await world.redis.stop();
    await world.passes();
    await world.redis.run();
  },
  'redis-freeze': (world) => during(world, world.redis.freeze()),

  'mail-stop': async (world) => {
    await world.mail.stop();
    await world.passes();
    await world.mail.listen();
  },
  'mail-freeze': (world) => during(world, world.mail.freeze()),
  /** The service fails, and then does not answer for what it has accepted. */
  sms: async (world) => {
    for (const behaviour of [500, 'accept-and-hang'] as Behaviour[]) {
      world.sms.behave = () => behaviour;
      await world.passes();
    }
    world.sms.behave = () => 'accept';
  },
} satisfies Record<string, Fault>;

export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

export const inflict = (kind: FaultKind, world: FaultWorld): Promise<void> => FAULTS[kind](world);

async function during(world: FaultWorld, end: () => void): Promise<void> {
  try {
    await world.passes();
  } finally {
    end();
  }
}

async function restartDatabase(world: FaultWorld, mode: 'fast' | 'immediate'): Promise<void> {
  await world.postgres.stop(mode);
  await world.passes();
  await world.postgres.run();
}
