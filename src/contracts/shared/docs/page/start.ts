/* Runs in the browser, on the documentation page. */
import { fillPlaceholders, type InboxMessage, type Memory, remember } from './journey.js';
import { Note } from './note.js';
import { type ApiRequest, parseJson } from './request-texts.js';

interface SwaggerRequest extends ApiRequest {
  loadSpec?: boolean;
}

interface SwaggerResponse {
  url: string;
  ok: boolean;
  text?: string;
}

interface SwaggerUi {
  preauthorizeApiKey(scheme: string, value: string): void;
  authActions: { logout(schemes: string[]): void };
}

interface Page {
  SwaggerUIBundle: ((options: object) => SwaggerUi) & { presets: { apis: unknown } };
  SwaggerUIStandalonePreset: unknown;
  sessionStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
  document: { getElementById(id: string): { dataset: { documents?: string; inbox?: string } } | null };
}

const { SwaggerUIBundle, SwaggerUIStandalonePreset, sessionStorage, document } =
  globalThis as unknown as Page;
const { documents = '[]', inbox } = document.getElementById('swagger-ui')?.dataset ?? {};

/** In session storage: a reload keeps the sign-in, and closing the tab ends it. */
const MEMORY_KEY = 'gatehouse.docs';
let memory = JSON.parse(sessionStorage.getItem(MEMORY_KEY) ?? '{}') as Memory;
const sent = new Map<string, SwaggerRequest>();

const ui = SwaggerUIBundle({
  dom_id: '#swagger-ui',
  urls: JSON.parse(documents) as unknown,
  layout: 'StandaloneLayout',
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  plugins: [Note(inbox)],
  validatorUrl: null,
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  requestSnippetsEnabled: false,
  onComplete: () => memory.accessToken !== undefined && ui.preauthorizeApiKey('bearer', memory.accessToken),
  requestInterceptor: prepare,
  responseInterceptor: learn,
});

async function prepare(request: SwaggerRequest): Promise<SwaggerRequest> {
  if (request.loadSpec) return request;
  const filled = await fillPlaceholders(request, memory, readInbox);
  sent.set(filled.url, filled);
  return Object.assign(request, filled);
}

function learn(response: SwaggerResponse): SwaggerResponse {
  const request = sent.get(response.url);
  if (!request || !response.ok) return response;
  const known = memory.accessToken;
  memory = remember(memory, request, parseJson(response.text));
  sessionStorage.setItem(MEMORY_KEY, JSON.stringify(memory));
  if (memory.accessToken === known) return response;
  if (memory.accessToken === undefined) ui.authActions.logout(['bearer']);
  else ui.preauthorizeApiKey('bearer', memory.accessToken);
  return response;
}

async function readInbox(to: string): Promise<InboxMessage[]> {
  if (inbox === undefined) return [];
  const reply = await fetch(`/dev/messages?to=${encodeURIComponent(to)}`);
  return reply.ok ? ((await reply.json()) as InboxMessage[]) : [];
}
