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

/** What the policy may say of a new password. */
export const PASSWORD_PROBLEMS: readonly ErrorCode[] = [
  'password_too_short',
  'password_too_long',
  'password_blocklisted',
  'password_too_weak',
  'password_contains_identity',
];

/** The class of the answer, in brackets where it is a list of them; or the classes it can be of. */
type Returned = Type | [Type] | { oneOf: Type[] };

/** OpenAPI's schema object, or a reference to one. */
export type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

export interface OperationOptions {
  status: number;
  returns?: Returned;
  /** Of the answer, where it is no JSON document: then `returns` is what each of its parts is; without it, text. */
  mediaType?: string;
  /** What a sign-in answers instead where the account has a second factor; with status 200, whatever `status` is. */
  secondFactor?: Type;
  /**
   * The refusals a client of this operation must be ready for, beside those that follow from its access and its
   * input: the documents add these by themselves.
   */
  problems?: readonly ErrorCode[];
  description?: string;
  /** What the headers of the answer say, by name. */
  headers?: Record<string, string>;
}

/**
 * The one documentation line of a handler; its problems are error codes, so the documents name real ones. `wrap` is
 * the contract's dress of every answer, if it has one; by default the answer is what is returned, or nothing.
 */
export function Operation(
  summary: string,
  options: OperationOptions,
  wrap: (returned: Schema | undefined) => Schema | undefined = (returned) => returned,
): MethodDecorator {
  const { status, mediaType, secondFactor, problems = [], description, headers } = options;
  const returns = secondFactor && status === 200 ? eitherOf(options.returns, secondFactor) : options.returns;
  const schema = wrap(returns ? schemaOf(returns) : mediaType === undefined ? undefined : { type: 'string' });
  const content = schema && (mediaType ? { content: { [mediaType]: { schema } } } : { schema });
  return applyDecorators(
    HttpCode(status),
    ApiExtraModels(...modelsOf(returns)),
    ApiOperation({ summary, description }),
    ApiExtension('x-problems', problems),
    ...(secondFactor ? answerWithSecondFactor(secondFactor, status, wrap) : []),
    ApiResponse({
      status,
      description: summary,
      ...content,
      ...(headers && { headers: describeHeaders(headers) }),
    }),
  );
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
