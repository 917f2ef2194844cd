import { Controller, Get, Param } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Authorize } from '../../access/authorize.js';
import { AppError } from '../../common/app-error.js';
import { ERROR_CATALOGUE, type ErrorCode } from '../../common/error-catalogue.js';
import { WordField } from '../shared/fields.js';
import { Operation } from '../shared/operation.js';

class ProblemCodeDto {
  @WordField({ example: 'validation_failed' })
  code: string;
}

class ProblemEntryDto {
  @ApiProperty({ example: 'validation_failed' })
  code: string;

  @ApiProperty({ example: 'The request has invalid fields' })
  title: string;

  @ApiProperty({ example: 400 })
  status: number;
}

/** The documentation that the `type` of a problem links to (RFC 9457 §3.1.1). */
@ApiTags('Service')
@Controller('problems')
export class ProblemsController {
  @Get(':code')
  @Authorize.public('The catalogue of errors is documentation')
  @Operation('What an error code means', { status: 200, returns: ProblemEntryDto, problems: ['not_found'] })
  getProblem(@Param() { code }: ProblemCodeDto): ProblemEntryDto {
    if (!Object.hasOwn(ERROR_CATALOGUE, code)) throw new AppError('not_found');
    const { title, status } = ERROR_CATALOGUE[code as ErrorCode];
    return { code, title, status };
  }
}
