import cluster, { type Worker } from 'node:cluster';

/** Which of the workers of one server this process is, counted from 0. */
export interface WorkerPlace {
  index: number;
  count: number;
}

/** Set by the primary process for each worker (WORKERS). */
export const PLACE_VARIABLE = 'GATEHOUSE_WORKER';

/** Null in a server of one process, and in the primary. */
export function workerPlace(): WorkerPlace | null {
  if (!cluster.isWorker) return null;
  const [index = 0, count = 1] = (process.env[PLACE_VARIABLE] ?? '').split('/').map(Number);
  return { index, count };
}

/** Whether this process sweeps and delivers messages: of several workers, the first does. */
export function runsBackgroundWork(): boolean {
  return (workerPlace()?.index ?? 0) === 0;
}

/** This worker's part of what a server has `total` of: all parts together are as many, unless one were below `min`. */
export function shareOf(total: number, { index, count }: WorkerPlace, min: number): number {
  return Math.max(min, Math.floor(total / count) + (index < total % count ? 1 : 0));
}

/** What a worker asks its primary. */
export type Question =
  /** Counts one call towards a route limit; the arguments of ThrottlerStorage.increment. */
  | { topic: 'count'; limit: unknown[] }
  /** The metrics of the other workers. */
  | { topic: 'metrics' };

interface Message {
  kind: 'question' | 'answer' | 'read' | 'reading' | 'stop';
  id: number;
  content: unknown;
}

/** A message of this file's protocol, among those of Node and others. */
export function asMessage(message: unknown): Message | null {
  const isOurs = typeof message === 'object' && message !== null && 'gatehouse' in message;
  return isOurs ? (message as { gatehouse: Message }).gatehouse : null;
}

const messageOf = (message: Message): { gatehouse: Message } => ({ gatehouse: message });

/** From the primary. Nothing happens if the worker has just ended: its exit is an event of its own. */
export function tell(worker: Pick<Worker, 'isConnected' | 'send'>, message: Message): void {
  // Without a callback a failure is an error event, which would end the primary and with it all other workers
  if (worker.isConnected()) worker.send(messageOf(message), () => undefined);
}

const ANSWER_WITHIN_MS = 3_000;

let asked = 0;
const waiting = new Map<number, (content: unknown) => void>();

/** Rejects if the primary does not answer in time. */
export function askPrimary(question: Question): Promise<unknown> {
  asked += 1;
  const id = asked;
  if (asked === 1) listenToPrimary((message) => message.kind === 'answer' && settle(message));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      waiting.delete(id);
      reject(new Error('The primary process does not answer'));
    }, ANSWER_WITHIN_MS).unref();
    waiting.set(id, (content) => {
      clearTimeout(timer);
      resolve(content);
    });
    process.send?.(messageOf({ kind: 'question', id, content: question }));
  });
}

/** Lets the other workers read what `read` returns. */
export function answerSiblings(read: () => Promise<unknown>): void {
  listenToPrimary(({ kind, id }) => {
    if (kind !== 'read') return;
    void read()
      .catch(() => null)
      .then((content) => process.send?.(messageOf({ kind: 'reading', id, content })));
  });
}

/** Calls `listener` when the primary tells this worker to stop. */
export function onStopMessage(listener: (signal: NodeJS.Signals) => void): void {
  listenToPrimary(({ kind, content }) => {
    if (kind === 'stop') listener(content as NodeJS.Signals);
  });
}

function settle({ id, content }: Message): void {
  waiting.get(id)?.(content);
  waiting.delete(id);
}

function listenToPrimary(listener: (message: Message) => void): void {
  process.on('message', (sent) => {
    const message = asMessage(sent);
    if (message) listener(message);
  });
}
