import { connect } from 'node:net';

/**
 * Sends bytes as they are, where a client library would not, and returns everything received until the other side
 * closes the connection, even by a reset, as after unread bytes.
 */
export function sendRaw(origin: string, request: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(request, 'latin1'));
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', (error) => received.length === 0 && reject(error));
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')));
  });
}
