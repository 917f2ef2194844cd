/** Why a case could not be tried at this target. It says nothing about the target. */
export class NotTried extends Error {}

export const REFUSED = 'refused';
export const GOT_THROUGH = 'got through';
export const NOT_TRIED = 'not tried';
