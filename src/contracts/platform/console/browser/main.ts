/* The script of the console: connects it to the page, its address and its keys. */
import { Announcer } from './announcer.js';
import { Console } from './console.js';

function find(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`There is no #${id}`);
  return found;
}

const operatorConsole = new Console(find('console'), find('dialogs'), new Announcer(find('announcement')));

addEventListener('hashchange', () => operatorConsole.opened());
addEventListener('pagehide', () => operatorConsole.leave());
// Kept by the browser, but signed out
addEventListener('pageshow', (event) => event.persisted && location.reload());
addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof Element && event.target.closest('input, textarea, select, dialog');
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
  event.preventDefault();
  operatorConsole.focusFinder();
});
// Its address is that of no page
document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault();
  document.getElementById('content')?.focus();
});
