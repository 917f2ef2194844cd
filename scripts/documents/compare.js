import { shapeOf } from './shapes.js';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/**
 * The differences between two versions of a document as `{ text, breaks }`. It breaks a client when an operation, a field
 * or an accepted value goes away, a type changes, or a request needs more than before.
 */
export function compareDocuments(before, after) {
  const found = new Map();
  const note = (text, breaks) => found.set(text, breaks);
  const [old, now] = [operationsOf(before), operationsOf(after)];
  for (const name of now.keys()) if (!old.has(name)) note(`${name}: new`, false);
  for (const [name, operation] of old) {
    const same = now.get(name);
    if (!same) note(`${name}: removed`, true);
    else
      new Comparison(before, after, (text, breaks) => note(`${name}: ${text}`, breaks)).operation(
        operation,
        same,
      );
  }
  return [...found].map(([text, breaks]) => ({ text, breaks }));
}

function operationsOf({ paths }) {
  const all = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => [
      `${method.toUpperCase()} ${path}`,
      item[method],
    ]),
  );
  return new Map(all);
}

class Comparison {
  constructor(before, after, note) {
    Object.assign(this, { before, after, note });
  }

  operation(old, now) {
    if (old.operationId !== now.operationId)
      this.note(`operationId ${old.operationId} is now ${now.operationId}`, true);
    if (isOpen(old) && !isOpen(now)) this.note('needs a credential', true);
    this.credentials(old, now);
    this.parameters(old.parameters ?? [], now.parameters ?? []);
    if (!old.requestBody?.required && now.requestBody?.required) this.note('the body is required', true);
    this.contents('request', old.requestBody, now.requestBody);
    for (const status of Object.keys({ ...old.responses, ...now.responses })) {
      const [was, is] = [old.responses[status], now.responses[status]];
      const isSuccess = status.startsWith('2');
      if (!is) this.note(`response ${status}: removed`, isSuccess);
      else if (!was) this.note(`response ${status}: new`, false);
      else {
        this.contents(`response ${status}`, was, is);
        this.headers(`response ${status}`, was.headers ?? {}, is.headers ?? {});
      }
    }
  }

  /** The ways to authenticate, each of one scheme or of several together. */
  credentials({ security: old = [] }, { security: now = [] }) {
    const nameOf = (one) => Object.keys(one).sort().join(' and ');
    const [was, is] = [old, now].map((all) => all.map(nameOf).filter((name) => name !== ''));
    for (const name of was) {
      if (!is.includes(name) && is.length > 0) this.note(`no longer accepts ${name}`, true);
    }
    for (const name of is)
      if (!was.includes(name) && was.length > 0) this.note(`also accepts ${name}`, false);
  }

  /** Which a gateway or a library may read; their names have no case. */
  headers(at, old, now) {
    const namesOf = (headers) => new Map(Object.keys(headers).map((name) => [name.toLowerCase(), name]));
    const [was, is] = [namesOf(old), namesOf(now)];
    for (const [key, name] of was) if (!is.has(key)) this.note(`${at} header ${name}: removed`, true);
    for (const [key, name] of is) if (!was.has(key)) this.note(`${at} header ${name}: new`, false);
  }

  parameters(old, now) {
    const key = ({ in: place, name }) => `${place} parameter ${name}`;
    for (const one of now) {
      const was = old.find((other) => key(other) === key(one));
      if (!was) this.note(`${key(one)}: new`, one.required === true);
      else {
        if (one.required && !was.required) this.note(`${key(one)}: now required`, true);
        this.schemas('request', key(one), was.schema, one.schema);
      }
    }
    for (const one of old) {
      if (!now.some((other) => key(other) === key(one))) this.note(`${key(one)}: removed`, true);
    }
  }

  contents(at, old, now) {
    const [was, is] = [old?.content ?? {}, now?.content ?? {}];
    const side = at === 'request' ? 'request' : 'response';
    for (const type of Object.keys(was)) {
      if (!is[type]) this.note(`${at}: no longer ${type}`, true);
      else this.schemas(side, at, was[type].schema, is[type].schema);
    }
    if (Object.keys(is).length > 0 && Object.keys(was).length === 0)
      this.note(`${at}: now has a body`, side === 'response');
  }

  schemas(side, at, oldSchema = {}, newSchema = {}, seen = [[], []]) {
    if (oldSchema.$ref !== undefined && seen[0].includes(oldSchema.$ref)) return;
    const old = shapeOf(this.before, oldSchema, seen[0]);
    const now = shapeOf(this.after, newSchema, seen[1]);
    const within = [old.seen, now.seen];
    this.types(side, at, old, now);
    this.members(side, at, old, now, within);
    this.alternatives(side, at, old, now, within);
    for (const part of ['items', 'contentSchema'])
      if (old[part] && now[part]) this.schemas(side, `${at} []`, old[part], now[part], within);
    const [others, same] = [old.additionalProperties, now.additionalProperties];
    if (typeof others === 'object' && typeof same === 'object')
      this.schemas(side, `${at} *`, others, same, within);
  }

  types(side, at, old, now) {
    const lost = [...old.types].filter(
      (type) => !now.types.has(type) && !(type === 'integer' && now.types.has('number')),
    );
    const gained = [...now.types].filter((type) => !old.types.has(type));
    const list = (types) => [...types].join(' or ') || 'any';
    // A response may not widen, a request may; that a response is no longer null or a fraction still changes its type
    if (lost.length > 0 || gained.length > 0)
      this.note(
        `${at}: ${list(old.types)} is now ${list(now.types)}`,
        lost.length > 0 || side === 'response',
      );
    const values = (old.enum ?? []).filter((value) => now.enum && !now.enum.includes(value));
    const added = (now.enum ?? []).filter((value) => old.enum && !old.enum.includes(value));
    if (!old.enum && now.enum) this.note(`${at}: only ${now.enum.join(', ')}`, side === 'request');
    if (old.enum && !now.enum) this.note(`${at}: any value`, side === 'response');
    if (values.length > 0) this.note(`${at}: no longer ${values.join(', ')}`, side === 'request');
    if (added.length > 0) this.note(`${at}: also ${added.join(', ')}`, false);
    if (side === 'request') this.bounds(at, old, now);
    if (old.format !== now.format)
      this.note(`${at}: format ${old.format} is now ${now.format}`, now.format !== undefined);
  }

  bounds(at, old, now) {
    const tighter = [
      ...['maximum', 'maxLength', 'maxItems', 'maxProperties'].filter(
        (name) => now[name] < (old[name] ?? Infinity),
      ),
      ...['minimum', 'minLength', 'minItems', 'minProperties'].filter(
        (name) => now[name] > (old[name] ?? -Infinity),
      ),
      ...['pattern', 'multipleOf'].filter((name) => now[name] !== undefined && now[name] !== old[name]),
    ];
    if (now.uniqueItems === true && old.uniqueItems !== true) this.note(`${at}: each item once`, true);
    for (const name of tighter) this.note(`${at}: ${name} ${old[name] ?? 'none'} is now ${now[name]}`, true);
  }

  members(side, at, old, now, seen) {
    for (const [name, schema] of Object.entries(now.properties)) {
      const place = `${at} ${name}`;
      const was = old.properties[name];
      const isRequired = now.required.has(name);
      if (!was) this.note(`${place}: new`, side === 'request' && isRequired);
      else {
        if (side === 'request' && isRequired && !old.required.has(name))
          this.note(`${place}: now required`, true);
        if (side === 'response' && !isRequired && old.required.has(name))
          this.note(`${place}: now optional`, true);
        this.schemas(side, place, was, schema, seen);
      }
    }
    for (const name of Object.keys(old.properties))
      if (!now.properties[name]) this.note(`${at} ${name}: removed`, true);
    if (side === 'request' && now.additionalProperties === false && old.additionalProperties !== false)
      this.note(`${at}: no further members`, true);
  }

  /** Of a union: by name, or by position where an alternative has none. */
  alternatives(side, at, old, now, seen) {
    const named = ({ alternatives }) =>
      new Map(
        alternatives.map((one, index) => [one.$ref?.split('/').pop() ?? `alternative ${index + 1}`, one]),
      );
    const [was, is] = [named(old), named(now)];
    for (const [name, schema] of was) {
      if (is.has(name)) this.schemas(side, `${at} (${name})`, schema, is.get(name), seen);
      else this.note(`${at}: no longer ${name}`, true);
    }
    for (const name of is.keys()) if (!was.has(name)) this.note(`${at}: also ${name}`, side === 'response');
  }
}

function isOpen({ security }) {
  return security?.length === 0 || security?.some((one) => Object.keys(one).length === 0);
}
