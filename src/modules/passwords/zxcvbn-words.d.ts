/* Parts of the package that it does not describe one by one. */

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
