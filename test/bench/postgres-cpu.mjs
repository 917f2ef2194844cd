import { readFileSync } from 'node:fs';

/**
 * The process that this backend, and with it every process of its PostgreSQL, is a child of. Null where that cannot
 * be told: off Linux, or where PostgreSQL runs on another machine.
 */
export function findPostmaster(backendPid) {
  try {
    const status = readFileSync(`/proc/${backendPid}/status`, 'utf8');
    if (!/^Name:\s+postgres/m.test(status)) return null;
    const postmaster = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
    return childrenOf(postmaster).every((pid) => Number.isFinite(cpuOf(pid))) ? postmaster : null;
  } catch {
    return null;
  }
}

/** CPU microseconds of PostgreSQL's living processes: backends, writers, checkpointer. Null without a postmaster. */
export function readPostgresCpu(postmaster) {
  if (postmaster === null) return null;
  return childrenOf(postmaster).reduce((sum, pid) => sum + cpuOf(pid), 0);
}

function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
}

function cpuOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1000;
  } catch {
    return 0; // Ended between the listing and the reading
  }
}
