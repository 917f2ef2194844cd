import fc from 'fast-check';

const MAX_SHOWN = 120;

const shorten = (text: string): string =>
  text.length <= MAX_SHOWN
    ? text
    : `${text.slice(0, MAX_SHOWN / 2)}…${text.slice(-MAX_SHOWN / 2)} (${text.length} characters)`;

/** JSON text as it is sent, where no value of JavaScript can represent it: `1e999`, `-0`, a thousand brackets. */
export class Raw {
  constructor(readonly text: string) {}

  [fc.toStringMethod](): string {
    return `Raw(${JSON.stringify(shorten(this.text))})`;
  }
}

/** A value of the tenants that a run has created: different in each run, under the same name in all of them. */
export class Ref {
  constructor(readonly name: string) {}

  [fc.toStringMethod](): string {
    return `Ref(${this.name})`;
  }
}

/** An object whose members keep their order and may occur twice. */
export class Members {
  constructor(readonly list: readonly (readonly [string, Node])[]) {}

  [fc.toStringMethod](): string {
    const members = this.list.map(
      ([name, node]) => `${JSON.stringify(shorten(name))}: ${fc.stringify(node)}`,
    );
    return `{${members.join(', ')}}`;
  }
}

export type Node = null | boolean | number | string | Raw | Ref | Members | readonly Node[];

/** The value of a reference in this run. */
export type Known = (name: string) => string;

/** Its JSON text. */
export function write(node: Node, known: Known): string {
  if (node instanceof Raw) return node.text;
  if (node instanceof Ref) return JSON.stringify(known(node.name));
  if (node instanceof Members) {
    return `{${node.list.map(([name, member]) => `${JSON.stringify(name)}:${write(member, known)}`).join()}}`;
  }
  if (isList(node)) return `[${node.map((item) => write(item, known)).join()}]`;
  return JSON.stringify(node);
}

export type Step = string | number;

/** The paths of its values, containers included; the root is the first. */
export function placesIn(node: Node, at: Step[] = []): Step[][] {
  if (node instanceof Members) {
    return [at, ...node.list.flatMap(([, member], index) => placesIn(member, [...at, index]))];
  }
  if (isList(node)) return [at, ...node.flatMap((item, index) => placesIn(item, [...at, index]))];
  return [at];
}

/** A copy with another value at one path; `undefined` removes it. */
export function replaceAt(
  node: Node,
  [step, ...rest]: Step[],
  by: (node: Node) => Node | undefined,
): Node | undefined {
  if (step === undefined) return by(node);
  if (node instanceof Members) {
    const list = node.list.flatMap(([name, member], index) => {
      const changed = index === step ? replaceAt(member, rest, by) : member;
      return changed === undefined ? [] : [[name, changed] as const];
    });
    return new Members(list);
  }
  if (!isList(node)) return node;
  return node.flatMap((item, index) => {
    const changed = index === step ? replaceAt(item, rest, by) : item;
    return changed === undefined ? [] : [changed];
  });
}

const isList = (node: Node): node is readonly Node[] => Array.isArray(node);

/** A value of an example, as a node. */
export function toNode(value: unknown): Node {
  if (Array.isArray(value)) return value.map(toNode);
  if (typeof value === 'object' && value !== null) {
    return new Members(Object.entries(value).map(([name, member]) => [name, toNode(member)]));
  }
  return value as null | boolean | number | string;
}
