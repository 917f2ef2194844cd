/** Modules of the package that have no type declarations of their own. */

declare module '@zxcvbn-ts/language-en/dist/commonWords.json.cjs' {
  const words: string[];
  export default words;
}

declare module '@zxcvbn-ts/language-en/dist/firstnames.json.cjs' {
  const names: string[];
  export default names;
}

declare module '@zxcvbn-ts/language-en/dist/translations.cjs' {
  export { translations as default } from '@zxcvbn-ts/language-en';
}
