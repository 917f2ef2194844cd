import type { PeopleTransaction } from '../../../database/transaction.js';
import type { ExportedPerson } from './exported-person.js';
import type { Section } from './section.js';

/** Reads sections of the archive, over the tables of many modules: the one place besides `session-state` that may. */
export abstract class SectionsRepository {
  protected abstract readonly sections: readonly Section[];

  /** The sections by name, in their order, without any secret. */
  async read(tx: PeopleTransaction, person: ExportedPerson): Promise<Record<string, unknown>> {
    const read: Record<string, unknown> = {};
    for (const { name, text, values, single } of this.sections) {
      const rows = await tx.many<object>(text, values?.(person) ?? [person.id]);
      read[name] = single ? (rows[0] ?? null) : rows;
    }
    return read;
  }
}
