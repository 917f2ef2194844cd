export const INBOX_STYLES = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --sheet: #ffffff; --line: #e2e5ea; --text: #1b2330; --soft: #667085; --faint: #98a2b3;
  --accent: #1d4ed8; --accent-soft: #eaf0ff; --on-accent: #ffffff; --ok: #15803d; --bad: #b42318;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0b0f17; --sheet: #131925; --line: #253043; --text: #e3e8f0; --soft: #98a2b3; --faint: #667085;
    --accent: #8fb0ff; --accent-soft: #1b2740; --on-accent: #0b0f17; --ok: #4ade80; --bad: #fda29b;
  }
}
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
header { display: flex; align-items: center; gap: 20px; padding: 12px 20px; border-bottom: 1px solid var(--line);
  background: var(--sheet); }
header h1 { margin: 0; font-size: 16px; font-weight: 650; white-space: nowrap; }
.filter { flex: 1; max-width: 360px; }
.filter input { width: 100%; padding: 7px 12px; border: 1px solid var(--line); border-radius: 8px; font: inherit;
  background: var(--ground); color: inherit; }
#status { display: flex; align-items: center; gap: 8px; margin: 0 0 0 auto; font-size: 13px; color: var(--soft);
  white-space: nowrap; }
#status::before { content: ''; width: 8px; height: 8px; border-radius: 50%; background: var(--faint); }
#status.live::before { background: var(--ok); }
#status.lost::before { background: var(--bad); }
main { flex: 1; display: grid; grid-template-columns: minmax(280px, 380px) 1fr; min-height: 0; }
main.bare { display: block; }
main.bare nav { display: none; }
nav { overflow-y: auto; border-right: 1px solid var(--line); background: var(--sheet); }
.item { display: block; width: 100%; padding: 12px 20px; border: 0; border-bottom: 1px solid var(--line);
  background: none; color: inherit; font: inherit; text-align: left; cursor: pointer; }
.item:hover { background: var(--ground); }
.item[aria-current='true'] { box-shadow: inset 3px 0 var(--accent); background: var(--accent-soft); }
.item .top { display: flex; justify-content: space-between; gap: 12px; font-size: 13px; color: var(--soft); }
.item .to { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.item time { flex: none; }
.item .subject { display: block; overflow: hidden; font-weight: 550; text-overflow: ellipsis; white-space: nowrap; }
.item.fresh .subject::after { content: ''; display: inline-block; width: 7px; height: 7px; margin-left: 8px;
  border-radius: 50%; background: var(--accent); vertical-align: 2px; }
.tag { display: inline-block; margin-top: 4px; padding: 0 7px; border: 1px solid var(--line); border-radius: 999px;
  font-size: 12px; color: var(--soft); }
section { overflow-y: auto; padding: 28px 32px; min-width: 0; }
.empty { max-width: 460px; margin: 10vh auto 0; text-align: center; color: var(--soft); }
.empty strong { display: block; margin-bottom: 6px; font-size: 17px; color: var(--text); }
.note { padding: 28px 20px; color: var(--soft); text-align: center; }
article { max-width: 760px; margin: 0 auto; }
article h2 { margin: 0 0 4px; font-size: 22px; line-height: 1.3; overflow-wrap: anywhere; }
.meta { margin: 0 0 20px; color: var(--soft); overflow-wrap: anywhere; }
.secret { display: flex; align-items: center; gap: 12px; flex-wrap: wrap; margin: 0 0 12px; padding: 14px 16px;
  border: 1px solid var(--line); border-radius: 10px; background: var(--sheet); }
.secret .code { flex: 1; font: 600 26px/1 ui-monospace, Menlo, Consolas, monospace; letter-spacing: .16em; }
.secret .link { flex: 1 1 240px; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
  font: 13px/1.4 ui-monospace, Menlo, Consolas, monospace; color: var(--soft); }
.button { padding: 7px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--ground);
  color: inherit; font: inherit; font-size: 14px; text-decoration: none; cursor: pointer; white-space: nowrap; }
.button:hover { border-color: var(--accent); }
.button.main { border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.item:focus-visible { outline-offset: -2px; }
.views { display: flex; gap: 4px; margin: 24px 0 10px; }
.views button { padding: 4px 12px; border: 0; border-radius: 7px; background: none; color: var(--soft); font: inherit;
  font-size: 14px; cursor: pointer; }
.views button[aria-pressed='true'] { background: var(--accent-soft); color: var(--accent); font-weight: 600; }
iframe, pre { display: block; width: 100%; margin: 0; border: 1px solid var(--line); border-radius: 10px;
  background: var(--sheet); }
iframe { height: 640px; }
pre { padding: 20px; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 14px/1.6 ui-monospace, Menlo, Consolas, monospace; }
.back { display: none; margin-bottom: 16px; }
@media (max-width: 760px) {
  header { flex-wrap: wrap; gap: 10px 16px; }
  .filter { order: 3; flex-basis: 100%; max-width: none; }
  main { grid-template-columns: 1fr; }
  nav { border-right: 0; }
  section { display: none; padding: 20px; }
  main.reading nav { display: none; }
  main.reading section, main.bare section { display: block; }
  .back { display: inline-block; }
}
`;
