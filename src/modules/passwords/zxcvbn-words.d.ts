/** A module of the package that has no type declarations of its own. */

declare module '@zxcvbn-ts/language-en/dist/translations.cjs' {
  export { translations as default } from '@zxcvbn-ts/language-en';
}
