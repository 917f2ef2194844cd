import { randomBytes } from 'node:crypto';

/** In every name and address that the pack makes up: 128 random bits, so that no two runs have one in common. */
export const mark = BigInt(`0x${randomBytes(16).toString('hex')}`).toString(36);

let counter = 0;

export const number = () => (counter += 1);
export const uniqueName = (what = 'tenant') => `Attack pack ${mark} ${what} ${number()}`;
export const uniqueEmail = (who = 'somebody') => `attack-${who}-${mark}-${number()}@example.com`;
export const uniqueKey = () => `attack-${mark}-${number()}`;
/** A password that every policy accepts and nobody guesses. */
export const newPassword = () => randomBytes(16).toString('base64url');
/** A secret of the usual form that was never issued. */
export const randomSecret = () => randomBytes(32).toString('base64url');
/** An id that does not exist. */
export const SOME_ID = '0192f3a0-0000-7000-8000-000000000000';

const US_AREA_CODES =
  '201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240 248 251 252 253 ' +
  '254 256 260 262 267 269 270 276 281 301 302 303 304 305 307 308 309 310 312 313 314 315 316 317 318 319 320 321 323 ' +
  '325 330 334 336 337 339 347 351 352 360 361 386 401 402 404 405 406 407 408 409 410 412 413 414 415 417 419 423 425 ' +
  '430 432 434 435 440 443 469 478 479 480 484 501 502 503 504 505 507 508 509 510 512 513 515 516 517 518 520 530 540 ' +
  '541 551 559 561 562 563 567 570 571 573 574 580 585 586 601 602 603 605 606 607 608 609 610 612 614 615 616 617 618 ' +
  '619 620 623 626 630 631 636 641 646 650 651 660 661 662 678 682 701 702 703 704 706 707 708 712 713 714 715 716 717';

const phones = US_AREA_CODES.split(' ').flatMap((area) =>
  Array.from({ length: 100 }, (_, line) => `+1${area}55501${String(line).padStart(2, '0')}`),
);

/**
 * A telephone number that is reserved for fiction (North America, 555-0100 to 555-0199) and that this run has not
 * used. Successive numbers are in different blocks, because sends are limited for each block of numbers.
 */
export function newPhone() {
  const index = Number(randomBytes(4).readUInt32BE() % phones.length);
  return phones.splice(index, 1)[0];
}
