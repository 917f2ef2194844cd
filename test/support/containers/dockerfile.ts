import { readFileSync } from 'node:fs';
import { DockerfileParser, type Env, type From, type JSONInstruction } from 'dockerfile-ast';

/** One instruction of a stage, as far as the builder understands it. */
export type Step =
  { kind: 'copy'; from: string | null; sources: string[]; to: string } | { kind: 'run'; command: string };

export interface Stage {
  /** The image that it begins with. */
  base: string;
  name: string | null;
  workdir: string;
  steps: Step[];
  environment: Record<string, string>;
  user: string | null;
  command: string[];
  /** The command, as JSON. */
  healthcheck: string | null;
}

export const DOCKERFILE = readFileSync('Dockerfile', 'utf8');

/** The stages of the Dockerfile. Throws at an instruction that the tests do not know, so that none is ignored. */
export function readStages(text = DOCKERFILE): Stage[] {
  const stages: Stage[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const stage = stages.at(-1);
    const keyword = instruction.getKeyword();
    if (keyword === 'FROM') {
      const from = instruction as From;
      stages.push(emptyStage(from.getImage() ?? '', from.getBuildStage()));
    } else if (stage) {
      readInstruction(stage, keyword, instruction as JSONInstruction);
    }
  }
  return stages;
}

function readInstruction(stage: Stage, keyword: string, instruction: JSONInstruction): void {
  const values = instruction.getArguments().map((argument) => argument.getValue());
  const strings = () =>
    instruction.getJSONStrings().map((argument) => JSON.parse(argument.getValue()) as string);
  switch (keyword) {
    case 'WORKDIR':
      stage.workdir = values[0] ?? '/';
      return;
    case 'COPY': {
      const from = instruction.getFlags().find((flag) => flag.getName() === 'from');
      stage.steps.push({
        kind: 'copy',
        from: from?.getValue() ?? null,
        sources: values.slice(0, -1),
        to: values.at(-1) ?? '',
      });
      return;
    }
    case 'RUN':
      stage.steps.push({ kind: 'run', command: instruction.getArgumentsContent() ?? '' });
      return;
    case 'ENV':
      for (const property of (instruction as unknown as Env).getProperties())
        stage.environment[property.getName()] = property.getValue() ?? '';
      return;
    case 'USER':
      stage.user = values[0] ?? null;
      return;
    case 'CMD':
      stage.command = strings();
      return;
    case 'HEALTHCHECK':
      stage.healthcheck = instruction.getArgumentsContent()?.split('CMD ')[1] ?? null;
      return;
    case 'EXPOSE':
      return;
    default:
      throw new Error(`The tests do not know ${keyword}`);
  }
}

function emptyStage(base: string, name: string | null): Stage {
  return { base, name, workdir: '/', steps: [], environment: {}, user: null, command: [], healthcheck: null };
}
