/** `table` with its schema. */
export const BESIDE_ENTITIES: readonly { table: string; columns: string[]; text: string }[];
