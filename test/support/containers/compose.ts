import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What the tests read of a service. */
interface Service {
  image: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  tmpfs?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  stop_grace_period?: string;
  depends_on?: string[] | Record<string, { condition: string }>;
}

export interface ComposeFile {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

/** compose.yaml with the values of these variables; `${NAME:?hint}` without one is an error, as it is to Compose. */
export function readCompose(variables: Record<string, string>): ComposeFile {
  const text = readFileSync('compose.yaml', 'utf8').replace(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, operator?: string, rest?: string) => {
      const value = variables[name] ?? (operator === '-' ? rest : undefined);
      if (value === undefined) throw new Error(`${name} is not set: ${rest}`);
      return value;
    },
  );
  return parse(text, { merge: true }) as ComposeFile;
}
