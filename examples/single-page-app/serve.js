import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

/** Serves the page, and the built client at /client: any server of static files does. */
const { GATEHOUSE_URL = 'http://localhost:3000', PORT = '5173', CLIENT_DIST } = process.env;
const HERE = import.meta.dirname;
const CLIENT = CLIENT_DIST ?? join(HERE, '../../clients/typescript/dist');
const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };
const PAGE = ['index.html', 'app.js', 'style.css'];

const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://page').pathname;
  const name = path === '/' ? 'index.html' : path.slice(1);
  const [, ofClient] = /^client\/((?:generated\/)?[a-z]+\.js)$/.exec(name) ?? [];
  const file = ofClient ? join(CLIENT, ofClient) : PAGE.includes(name) ? join(HERE, name) : null;
  if (name === 'settings.js') {
    response.writeHead(200, { 'content-type': 'text/javascript' });
    return response.end(`export const GATEHOUSE_URL = ${JSON.stringify(GATEHOUSE_URL)};\n`);
  }
  if (!file || !existsSync(file)) return response.writeHead(404).end();
  response.writeHead(200, {
    'content-type': `${TYPES[extname(file)]}; charset=utf-8`,
    // What a foreign script could do with the session, it may not even begin
    'content-security-policy': `default-src 'self'; connect-src 'self' ${GATEHOUSE_URL}; frame-ancestors 'none'`,
  });
  createReadStream(file).pipe(response);
});
server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`listening on http://localhost:${server.address().port}`);
});
