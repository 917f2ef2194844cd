/* The script of the documentation page. */
import { fillPlaceholders, type InboxMessage } from './fill-placeholders.js';
import { type AnswerReaders, type Memory, remember } from './memory.js';
import { Note } from './note.js';
import { operationAt, type Paths } from './operation-at.js';
import type { PageDocument } from './page-document.js';
import { LocalReferences } from './references.js';
import { type ApiRequest, parseJson } from './request-texts.js';

interface SwaggerRequest extends ApiRequest {
  method: string;
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

declare const SwaggerUIBundle: ((options: object) => SwaggerUi) & { presets: { apis: unknown } };
declare const SwaggerUIStandalonePreset: unknown;

const {
  documents: listed = '[]',
  inbox = '',
  root = './',
} = document.getElementById('swagger-ui')?.dataset ?? {};
/** Of the server: below its origin, where a proxy serves it at a path. */
const server = new URL(root, document.baseURI);
const address = (relative: string) => new URL(relative, server).href;
const documents = (JSON.parse(listed) as PageDocument[]).map(({ name, url, answers }) => {
  return { name, url: address(url), answers: address(answers) };
});

/** In session storage: a reload keeps the sign-in, and closing the tab ends it. */
const MEMORY_KEY = 'gatehouse.docs';
let memory = JSON.parse(sessionStorage.getItem(MEMORY_KEY) ?? '{}') as Memory;
const sent = new Map<string, SwaggerRequest>();
/** Of the contract that is selected. */
let shown: { paths: Paths; answers: AnswerReaders } = { paths: {}, answers: {} };

const ui = SwaggerUIBundle({
  dom_id: '#swagger-ui',
  urls: documents,
  layout: 'StandaloneLayout',
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  plugins: [Note(inbox && address(inbox)), LocalReferences],
  validatorUrl: null,
  deepLinking: true,
  filter: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  requestSnippetsEnabled: false,
  onComplete: () => memory.accessToken !== undefined && ui.preauthorizeApiKey('bearer', memory.accessToken),
  requestInterceptor: prepare,
  responseInterceptor: receive,
});

async function prepare(request: SwaggerRequest): Promise<SwaggerRequest> {
  if (request.loadSpec) return request;
  const filled = await fillPlaceholders(request, memory, readInbox);
  const url = atServer(filled.url);
  sent.set(url, filled);
  return Object.assign(request, filled, { url });
}

/** The documents say that the server is at the root of its origin. */
function atServer(url: string): string {
  const { origin, pathname, search } = new URL(url, server);
  return origin === server.origin ? address(`${pathname.slice(1)}${search}`) : url;
}

async function receive(response: SwaggerResponse): Promise<SwaggerResponse> {
  const loaded = documents.find(({ url }) => url === response.url);
  if (loaded) await select(loaded, response);
  else learn(response);
  return response;
}

async function select({ answers }: PageDocument, { text }: SwaggerResponse): Promise<void> {
  const { paths = {} } = (parseJson(text) ?? {}) as { paths?: Paths };
  const module = (await import(answers)) as { answers: AnswerReaders };
  shown = { paths, answers: module.answers };
}

function learn(response: SwaggerResponse): void {
  const request = sent.get(response.url);
  const operation = request && operationAt(shown.paths, request.method, request.url);
  if (!operation || !response.ok) return;
  const { body } = request;
  const { parameters } = operation;
  const known = memory.accessToken;
  memory = remember(memory, shown.answers[operation.id], { body, parameters }, parseJson(response.text));
  sessionStorage.setItem(MEMORY_KEY, JSON.stringify(memory));
  if (memory.accessToken === known) return;
  if (memory.accessToken === undefined) ui.authActions.logout(['bearer']);
  else ui.preauthorizeApiKey('bearer', memory.accessToken);
}

async function readInbox(to: string): Promise<InboxMessage[]> {
  if (inbox === '') return [];
  const reply = await fetch(address(`dev/messages?to=${encodeURIComponent(to)}`));
  return reply.ok ? ((await reply.json()) as InboxMessage[]) : [];
}
