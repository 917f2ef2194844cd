import { readdirSync, readFileSync } from 'node:fs';

/** Sends the signal to the process and to all its descendants, the ancestors first. Linux only. */
export function signalTree(root, signal) {
  const children = new Map();
  for (const { pid, parent } of listProcesses()) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const tree = [root];
  // The array grows while it is walked
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  for (const pid of tree) send(pid, signal);
}

function* listProcesses() {
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) && readParent(name);
    if (parent) yield { pid: Number(name), parent };
  }
}

function readParent(pid) {
  try {
    // The name in brackets may contain blanks and brackets itself
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile
  }
}
