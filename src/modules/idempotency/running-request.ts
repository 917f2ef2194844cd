import { AsyncScope } from '../../common/async-scope.js';
import type { RequestIdentity } from './request-identity.js';

/** What an answer contains that can end before the answer does, and whose it is. */
export interface AnswerContents {
  /** The person who called, or whom the request made. */
  userId?: string;
  /** The session whose first tokens are in the answer. */
  sessionId?: string;
  /** The hash of the API key, or of the secret of a service account, whose text is in the answer. */
  apiKeySecret?: Buffer;
}

/** A request whose answer will be stored. */
export interface RunningRequest {
  id: Buffer;
  claim: string;
  identity: RequestIdentity;
  contents: AnswerContents;
}

const requests = new AsyncScope<RunningRequest>();

export const runAs = <T>(request: RunningRequest, work: () => Promise<T>): Promise<T> =>
  requests.run(request, work);

/** The request under which the present call runs, if its answer will be stored. */
export const runningRequest = (): RunningRequest | undefined => requests.current;

/**
 * Call it where a credential or a person is made that an answer will show: a stored answer is not given out again once
 * the credential has ended, and goes with the person. Without a stored answer it does nothing.
 */
export function noteContents(contents: AnswerContents): void {
  const request = runningRequest();
  if (request) Object.assign(request.contents, contents);
}
