import { type Authenticator, enrolled, used } from './authenticator.js';
import { type ApiRequest, parseJson } from './request-texts.js';

/** Values that the page has learned from the responses so far. */
export interface Memory {
  accessToken?: string;
  refreshToken?: string;
  /** The address that receives the signed-in person's links. */
  email?: string;
  /** The address or number that was invited last. */
  invited?: string;
  recoveryEmail?: string;
  otherSessionId?: string;
  otherOrganisationId?: string;
  apiKeyId?: string;
  serviceAccountId?: string;
  roleId?: string;
  /** The number that receives one-time codes. */
  phone?: string;
  signupToken?: string;
  /** Of an open invitation. */
  invitationId?: string;
  departmentId?: string;
  teamId?: string;
  /** Of another member of the tenant. */
  memberId?: string;
  /** Of the signed-in person. */
  userId?: string;
  authenticator?: Authenticator;
  backupCodes?: string[];
  tempToken?: string;
}

/** What one answer teaches. The page keeps a value that is undefined here, and forgets one that is null. */
export type Learned = { [Name in keyof Memory]?: Memory[Name] | null } & {
  /** The second factor that the answer sets up. */
  enrolment?: { secret: string; otpauthUri?: string };
  /** True if the request contained a code of the second factor. */
  usedCode?: boolean;
};

export interface AnsweredRequest<Body = unknown> {
  /** From JSON; undefined for any other body. */
  body: Body;
  /** Of the path. */
  parameters: Record<string, string>;
}

/** Reads a successful answer (2xx) of one operation. */
export type AnswerReader = (answer: never, request: AnsweredRequest<never>, memory: Memory) => Learned;

/**
 * The readers of one contract by operation id; the page learns nothing from other operations. The page loads their
 * module from the server, so it imports nothing but types.
 */
export type AnswerReaders = Record<string, AnswerReader>;

/** What is known after a request was answered with 2xx. `body` is the text that was sent. */
export function remember(
  memory: Memory,
  reader: AnswerReader | undefined,
  { body, parameters }: Pick<ApiRequest, 'body'> & Pick<AnsweredRequest, 'parameters'>,
  answer: unknown,
): Memory {
  if (!reader) return memory;
  const sent = { body: parseJson(body) as never, parameters };
  const { enrolment, usedCode, ...learned } = reader(answer as never, sent, memory);
  const changes = Object.entries(learned)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, value ?? undefined]);
  return {
    ...memory,
    ...(enrolment && { authenticator: enrolled(enrolment.secret, enrolment.otpauthUri) }),
    ...(usedCode && codeUsed(memory)),
    ...(Object.fromEntries(changes) as Memory),
  };
}

function codeUsed({ authenticator }: Memory): Memory {
  return { authenticator: authenticator && used(authenticator), tempToken: undefined };
}
