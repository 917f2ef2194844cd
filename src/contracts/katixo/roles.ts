/** A role key as this contract spells it: `owner` becomes `OWNER`. */
export const roleName = (key: string): string => key.toUpperCase();

export const roleKey = (name: string): string => name.toLowerCase();
