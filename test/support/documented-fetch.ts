import { documentedAnswers } from './documented-answers.js';

/** As `fetch`, for what `Client` cannot send; the answer is compared with its document, too. */
export const documentedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const text = await response.clone().text();
  const type = response.headers.get('content-type') ?? '';
  const { pathname: path } = new URL(response.url);
  documentedAnswers.add({ method: init?.method ?? 'GET', path, status: response.status, type, text });
  return response;
};
