import { access, constants, stat, statfs } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { dirname, resolve } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Redis } from 'ioredis';
import type { Config } from '../../config/config.js';
import { describeFailure, fail, type Finding, ok, warn } from './finding.js';

const TIMEOUT_MS = 10_000;
const LITTLE_SPACE = 1024 ** 3;
const NO_SPACE = 100 * 1024 ** 2;

/** Greets the mail server, encrypts and signs in as a delivery does. Sends no mail. */
export async function checkMail({ smtpUrl, smtpName, isProduction }: Config): Promise<Finding> {
  if (smtpUrl === null) {
    const text = 'SMTP_URL is not set: no mail is sent';
    return isProduction
      ? warn('mail', text, 'Without mail, nobody recovers an account by it.')
      : ok('mail', text);
  }
  const { createTransport } = await import('nodemailer');
  let isEncrypted = new URL(smtpUrl).protocol === 'smtps:';
  const note = (_entry: object, text = '') => {
    isEncrypted ||= /upgraded with STARTTLS/i.test(text);
  };
  const logger = { level: note, trace: note, debug: note, info: note, warn: note, error: note, fatal: note };
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  const smtp = createTransport({ url: smtpUrl, name: smtpName, logger: logger as never, ...timeouts });
  try {
    await smtp.verify();
  } catch (error) {
    return fail('mail', describeFailure(error), 'Check SMTP_URL: host, port, user and password.');
  } finally {
    smtp.close();
  }
  if (isEncrypted || isLoopback(new URL(smtpUrl).hostname))
    return ok('mail', isEncrypted ? 'encrypted' : 'on this machine');
  return warn(
    'mail',
    'the server offers no STARTTLS',
    'Use smtps://, or a server with STARTTLS: codes pass in plain text.',
  );
}

/** Whether the provider of SMS accepts connections. Sends nothing. */
export async function checkSms({ SMS_URL: provider }: Config): Promise<Finding> {
  if (!provider) return ok('SMS', 'SMS_URL is not set: no SMS is sent');
  const url = new URL(provider.kind === 'twilio' ? provider.baseUrl : provider.url);
  try {
    await reach(url);
    return ok('SMS', `${url.hostname} accepts connections`);
  } catch (error) {
    return fail('SMS', describeFailure(error), 'Check SMS_URL, and whether this machine may connect to it.');
  }
}

export async function checkRedis({ REDIS_URL: url }: Config): Promise<Finding> {
  if (!url) return ok('Redis', 'REDIS_URL is not set: each server counts route limits by itself');
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.ping();
    return ok('Redis', 'answers');
  } catch (error) {
    return fail(
      'Redis',
      describeFailure(error),
      'Until it answers, route limits apply to each server by itself.',
    );
  } finally {
    redis.disconnect();
  }
}

/** Whether the folders, or those in which a server would make them, can be written, and DATA_DIR has space. Writes nothing. */
export async function checkDisk({ DATA_DIR: folder, AUDIT_ARCHIVE_DIR: archive }: Config): Promise<Finding> {
  let name: 'DATA_DIR' | 'AUDIT_ARCHIVE_DIR' = 'DATA_DIR';
  try {
    const { bavail, bsize } = await statfs(await writableFolder(folder));
    name = 'AUDIT_ARCHIVE_DIR';
    if (archive !== undefined) await writableFolder(archive);
    return judgeSpace(bavail * bsize);
  } catch (error) {
    return fail('disk', describeFailure(error), `Let the server write to ${name}.`);
  }
}

async function writableFolder(path: string): Promise<string> {
  const existing = await nearestFolder(resolve(path));
  await access(existing, constants.W_OK | constants.X_OK);
  return existing;
}

/** The folder itself, or the nearest one above it that exists. Throws for something else in its place. */
async function nearestFolder(path: string): Promise<string> {
  try {
    if (!(await stat(path)).isDirectory()) throw new Error(`${path} is not a folder`);
    return path;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
    return nearestFolder(dirname(path));
  }
}

export function judgeSpace(bytes: number): Finding {
  const text = `${Math.floor(bytes / 1024 ** 2)} MiB are free in DATA_DIR`;
  if (bytes >= LITTLE_SPACE) return ok('disk', text);
  return (bytes < NO_SPACE ? fail : warn)('disk', text, 'Free some space.');
}

function reach({ protocol, hostname, port }: URL): Promise<void> {
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket =
      protocol === 'https:'
        ? connectTls({ host, port: Number(port || 443), servername: host }, done)
        : connectTcp({ host, port: Number(port || 80) }, done);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer in time')));
    socket.once('error', reject);
    function done() {
      socket.destroy();
      resolve();
    }
  });
}

const isLoopback = (host: string): boolean => /^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(host);
