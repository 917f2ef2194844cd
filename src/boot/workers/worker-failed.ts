/** How a worker ended that cannot be replaced: its exit code. */
export class WorkerFailed extends Error {
  constructor(readonly exitCode: number) {
    super(`A worker ended with ${exitCode} before it served`);
  }
}
