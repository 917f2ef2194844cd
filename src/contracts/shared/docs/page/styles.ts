/**
 * Added to Swagger UI's styles, light and dark: a bar with the selector only, space for the note, and one example of
 * the documented errors; the others are a list of codes.
 */
export const STYLES = `
html { background: #fafafa; }
body { margin: 0; }
.swagger-ui .topbar { padding: 10px 0; background: none; border-bottom: 1px solid #8885; }
.swagger-ui .topbar .topbar-wrapper > .link { display: none; }
.swagger-ui .topbar .download-url-wrapper { margin-left: 0; }
.swagger-ui .topbar .download-url-wrapper .select-label { color: inherit; }
.swagger-ui .topbar .download-url-wrapper .select-label span { flex: none; font-size: 14px; font-weight: 400; }
.swagger-ui .topbar .download-url-wrapper .select-label select { flex: none; width: 20rem; border: 1px solid #8888; }
.swagger-ui .topbar .dark-mode-toggle { margin-left: auto; }
.swagger-ui .topbar .dark-mode-toggle button svg { fill: currentColor; }
.swagger-ui .info { margin: 32px 0 16px; }
.swagger-ui .scheme-container { background: none; box-shadow: none; padding: 0; margin: 0; }
.swagger-ui .note { max-width: 60rem; margin: 0 0 8px; font: 14px/1.6 sans-serif; }
.swagger-ui .note p { margin: 0; }
.swagger-ui .note a { color: #4990e2; }
.swagger-ui .note code { font-size: 13px; }
.swagger-ui .response-col_links { display: none; }
.swagger-ui .response .renderedMarkdown { font-size: 14px; }
.swagger-ui .response .renderedMarkdown ul { margin: 0; padding-left: 1rem; }
.swagger-ui .response:is([data-code^='4'], [data-code^='5']):not([data-code='400'])
  .response-col_description__inner ~ * { display: none; }
`;
