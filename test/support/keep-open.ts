import { once } from 'node:events';
import { connect } from 'node:net';

/** Asks once on a connection that this side never ends, and reads the answer; `ended` waits for the other side's end. */
export async function keepOpen(origin: string): Promise<{ ended: Promise<unknown> }> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  const ended = once(socket, 'close');
  socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'data');
  return { ended };
}
