import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Sends one request on a connection that this side never closes, and reads the response; `ended` waits until the
 * other side closes it.
 */
export async function keepOpen(origin: string): Promise<{ ended: Promise<unknown> }> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  const ended = once(socket, 'close');
  socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'data');
  return { ended };
}
