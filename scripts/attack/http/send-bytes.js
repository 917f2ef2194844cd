import net from 'node:net';
import tls from 'node:tls';

const TIMEOUT_MS = 150_000;

/**
 * Sends bytes that no HTTP library would, and returns everything received until the other side closes the connection.
 */
export function sendBytes(origin, bytes) {
  const { protocol, hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const received = [];
    const socket =
      protocol === 'https:'
        ? tls.connect({ host, port: Number(port || 443), servername: host })
        : net.connect({ host, port: Number(port || 80) });
    const finish = () => resolve(Buffer.concat(received).toString('latin1'));
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', (error) => (received.length > 0 ? finish() : reject(error)));
    socket.on('close', finish);
    socket.write(bytes, 'latin1');
  });
}
