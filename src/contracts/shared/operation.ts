import { applyDecorators, HttpCode, type Type, UseInterceptors } from '@nestjs/common';
import {
  ApiExtension,
  ApiExtraModels,
  ApiOperation,
  ApiResponse,
  getSchemaPath,
  type OpenAPIObject,
} from '@nestjs/swagger';
import type { ErrorCode } from '../../common/error-catalogue.js';
import { SecondFactorStatus } from './second-factor.js';

/** The class of the response; in brackets for a list; or the alternative classes. */
type Returned = Type | [Type] | { oneOf: Type[] };

/** OpenAPI's schema object, or a reference to one. */
export type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

export interface OperationOptions {
  status: number;
  returns?: Returned;
  /**
   * The media type of a response that is not JSON: a text. `returns` then describes each of its lines.
   */
  mediaType?: string;
  /** The response with status 200 if the account has a second factor, whatever `status` is. */
  secondFactor?: Type;
  /** The error codes that clients must handle. The documents add those that follow from access and input. */
  problems?: readonly ErrorCode[];
  description?: string;
  /** Why the documented example is refused, and with which code, where the documentation is tried from top to bottom. */
  refusedExample?: { code: ErrorCode; because: string };
  /** The meaning of each response header, by name. */
  headers?: Record<string, string>;
}

/**
 * Documents a handler in one line; its problems are error codes, so the documents name existing ones. `wrap` is the
 * contract's envelope; by default the response is the returned value, or empty.
 */
export function Operation(
  summary: string,
  options: OperationOptions,
  wrap: (returned: Schema | undefined) => Schema | undefined = (returned) => returned,
): MethodDecorator {
  const { status, mediaType, secondFactor, problems = [], headers } = options;
  const returns = secondFactor && status === 200 ? eitherOf(options.returns, secondFactor) : options.returns;
  const schema = mediaType === undefined ? wrap(returns && schemaOf(returns)) : textOf(mediaType, returns);
  const content = schema && (mediaType ? { content: { [mediaType]: { schema } } } : { schema });
  return applyDecorators(
    HttpCode(status),
    ApiExtraModels(...modelsOf(returns)),
    ApiOperation({ summary, description: describe(options) }),
    ApiExtension('x-problems', problems),
    ...(options.refusedExample ? [ApiExtension('x-refused-example', options.refusedExample.code)] : []),
    ...(secondFactor ? answerWithSecondFactor(secondFactor, status, wrap) : []),
    ApiResponse({
      status,
      description: summary,
      ...content,
      ...(headers && { headers: describeHeaders(headers) }),
    }),
  );
}

function describe({ description, refusedExample }: OperationOptions): string | undefined {
  if (!refusedExample) return description;
  const { code, because } = refusedExample;
  const refused = `The example is refused with \`${code}\` as long as ${because}.`;
  return description === undefined ? refused : `${description}\n\n${refused}`;
}

/** JSON Schema 2020-12 validation, §8: a text, and the schema of what it contains. */
function textOf(contentMediaType: string, line: Returned | undefined): Schema {
  if (!line) return { type: 'string' };
  const contained = { contentMediaType, contentSchema: schemaOf(line) };
  return { type: 'string', description: 'One JSON object in each line', ...contained };
}

function describeHeaders(headers: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' as const } },
    ]),
  );
}

function answerWithSecondFactor(
  answer: Type,
  status: number,
  wrap: (returned: Schema | undefined) => Schema | undefined,
): MethodDecorator[] {
  if (status === 200) return [];
  const schema = wrap(schemaOf(answer));
  return [
    ApiExtraModels(answer),
    ApiResponse({
      status: 200,
      description: 'The account has a second factor',
      ...(schema && { schema }),
    }),
    UseInterceptors(new SecondFactorStatus(answer)),
  ];
}

function eitherOf(returned: Returned | undefined, other: Type): Returned {
  return { oneOf: [...modelsOf(returned), other] };
}

function schemaOf(returned: Returned): Schema {
  if (Array.isArray(returned)) return { type: 'array', items: schemaOf(returned[0]) };
  if (typeof returned === 'function') return { $ref: getSchemaPath(returned) };
  return { oneOf: returned.oneOf.map(schemaOf) };
}

function modelsOf(returned: Returned | undefined): Type[] {
  if (returned === undefined) return [];
  if (Array.isArray(returned)) return returned;
  return typeof returned === 'function' ? [returned] : returned.oneOf;
}
