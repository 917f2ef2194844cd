/** Role keys as this contract spells them: `owner` is `OWNER`. */
export const roleName = (key: string): string => key.toUpperCase();

export const roleKey = (name: string): string => name.toLowerCase();
