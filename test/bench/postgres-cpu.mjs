import { readFileSync } from 'node:fs';

/**
 * The parent process of this backend, and with it of every process of its PostgreSQL. Null where it is unknown: off
 * Linux, or where PostgreSQL runs on another machine.
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

/** CPU microseconds by process: backends, writers, checkpointer. Null without a postmaster. */
export function readPostgresCpu(postmaster) {
  if (postmaster === null) return null;
  return new Map(childrenOf(postmaster).map((pid) => [pid, cpuOf(pid)]));
}

/** CPU time since then of the processes that still exist; null where it is unknown. */
export function postgresCpuBetween(before, after) {
  if (before === null || after === null) return null;
  return [...after].reduce((sum, [pid, micros]) => sum + Math.max(0, micros - (before.get(pid) ?? 0)), 0);
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
