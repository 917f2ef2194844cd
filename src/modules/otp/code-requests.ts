import { Batches } from '../../common/batches.js';
import { isRolledBack } from '../../common/database-failures.js';
import { compareCodes } from '../messaging/code-recording.js';
import type { RecordedMessage } from '../messaging/messages.repository.js';
import { type CodeRequest, OtpChallengesRepository } from './otp-challenges.repository.js';

/** The locks of one statement, and how long its first request waits for its last. */
const MAX_TOGETHER = 32;
/** While one is being committed, the next one is prepared. */
const STATEMENTS = 2;

/**
 * Records the requests of codes that arrive at the same time in one statement: its locks of budgets and its commit serve
 * all of them. A request whose recipient somebody has locked is recorded alone, and none waits for it. No request fails
 * for another one.
 */
export class CodeRequests {
  private readonly batches = new Batches<CodeRequest, RecordedMessage>(
    {
      groupOf: ({ recording, detail, challenge }) =>
        JSON.stringify([recording.shape, detail, challenge.purpose, recording.reasons]),
      keyOf: ({ challenge }) => challenge.identifierHash.toString('base64'),
      maxSize: MAX_TOGETHER,
      maxRunning: STATEMENTS,
    },
    (requests) => this.recordAll(requests),
  );

  constructor(private readonly challenges: OtpChallengesRepository) {}

  /** Resolves once the request is committed. */
  record(request: CodeRequest): Promise<RecordedMessage> {
    return this.batches.add(request);
  }

  private async recordAll(requests: CodeRequest[]): Promise<(RecordedMessage | Promise<RecordedMessage>)[]> {
    const sorted = requests.toSorted((a, b) => compareCodes(a.recording, b.recording));
    const recorded = await this.together(sorted);
    return requests.map((request) => recorded.get(request) ?? this.alone(request));
  }

  /** Without those that have to be recorded alone. */
  private async together(requests: CodeRequest[]): Promise<Map<CodeRequest, RecordedMessage>> {
    const results = await this.challenges
      .requestAll(requests as [CodeRequest, ...CodeRequest[]], { waits: false })
      .catch((error: unknown) => {
        if (requests.length === 1 || !isRolledBack(error)) throw error;
        return [];
      });
    return new Map(
      requests.flatMap((request, place) => {
        const result = results[place];
        return result ? [[request, result] as const] : [];
      }),
    );
  }

  private async alone(request: CodeRequest): Promise<RecordedMessage> {
    const [recorded] = await this.challenges.requestAll([request], { waits: true });
    if (!recorded) throw new Error('A code that waits for its recipient has no result');
    return recorded;
  }
}
