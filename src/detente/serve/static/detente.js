// Comforts for those who have JavaScript; every page works without.
import { brush } from './brush.js';
import { slider } from './slider.js';

// A record and its words in the report light up together.
for (const link of document.querySelectorAll('a.mark[href^="#"]')) {
  const row = document.getElementById(link.getAttribute('href').slice(1));
  if (!row) continue;
  for (const [name, on] of [['mouseenter', true], ['focus', true], ['mouseleave', false], ['blur', false]]) {
    link.addEventListener(name, () => row.classList.toggle('lit', on));
    row.addEventListener(name, () => link.classList.toggle('lit', on));
  }
}

// "/" goes to the search field, as in many programs, where nothing is being typed.
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? '')) return;
  event.preventDefault();
  document.getElementById('find')?.focus();
});

brush(document.querySelectorAll('.brushed'));
slider(document.getElementById('slider'));
