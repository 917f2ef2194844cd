/** The reason why a case could not be tried at this target. It is no result. */
export class NotTried extends Error {}

export const REFUSED = 'refused';
export const GOT_THROUGH = 'got through';
export const NOT_TRIED = 'not tried';
