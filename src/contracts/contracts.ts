import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { datixlab } from './datixlab/datixlab.js';
import { katixo } from './katixo/katixo.js';
import { PLATFORM, platform } from './platform/platform.js';
import { PrimaryModule } from './primary/primary.module.js';
import { PRIMARY_SECTIONS } from './primary/primary.sections.js';
import type { Contract } from './shared/contract.js';
import { ProblemDetails } from './shared/problem-details.js';

/** All contracts, in the order of the documentation's selector. */
function allContracts(config: Config): Contract[] {
  return [
    {
      name: 'primary',
      title: 'Gatehouse',
      description: 'The complete API: camelCase, bare objects, errors as RFC 9457 problem details.',
      basePath: '',
      module: PrimaryModule,
      sections: PRIMARY_SECTIONS,
      renderer: new ProblemDetails(config.publicUrl),
      answers: join(import.meta.dirname, 'primary/primary.answers.js'),
    },
    katixo,
    datixlab(config.publicUrl),
    platform(config.publicUrl),
  ];
}

/** The contracts that CONTRACTS enables, and that of operators where PLATFORM_ENABLED says so. */
export function contractsOf(config: Config): Contract[] {
  return allContracts(config).filter(({ name }) =>
    name === PLATFORM ? config.PLATFORM_ENABLED : config.CONTRACTS.includes(name),
  );
}
