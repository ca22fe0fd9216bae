// The slider of the map: a window of days that moves. The page of each window is the server's own; what it shows is taken over.
import { element, iso, ordinal, range, said } from './days.js';

const WINDOWS = [[1, '1 day'], [7, '7 days'], [30, '30 days'], [90, '90 days'], [365, '365 days']];

export function slider(place) {
  if (!place) return;
  const form = document.getElementById('asked');
  const first = ordinal(place.dataset.first), last = ordinal(place.dataset.last);
  const given = (name, other) => (form.elements[name].value ? ordinal(form.elements[name].value) : other);
  let high = Math.min(last, given('to', last));
  let days = high - Math.max(first, given('from', first)) + 1;
  const [field, input] = range('when', 'Days up to', first, last, high);
  const choice = element('select', { id: 'days' });
  const known = WINDOWS.some(([n]) => n === days) ? WINDOWS : [[days, days === 1 ? '1 day' : `${days} days`], ...WINDOWS];
  choice.append(...known.map(([n, words]) => element('option', { value: n }, words)));
  choice.value = days;
  const told = element('output', { for: 'when days' });
  const back = element('button', { type: 'button', 'aria-label': 'Earlier' }, '◀');
  const on = element('button', { type: 'button', 'aria-label': 'Later' }, '▶');
  const about = element('div', { class: 'field' }, element('label', { for: 'days' }, 'Window'), choice);
  place.className = 'brush';
  place.setAttribute('role', 'group');
  place.setAttribute('aria-label', 'Move through time');
  place.append(field, about, back, on, told);

  let waiting = null, asked = 0;
  const say = () => {
    const low = Math.max(first, high - days + 1);
    input.value = high;
    input.setAttribute('aria-valuetext', `${said(low)} to ${said(high)}`);
    told.textContent = low === high ? said(high) : `${said(low)} – ${said(high)}`;
    back.disabled = high <= first;
    on.disabled = high >= last;
    return low;
  };
  const show = () => {
    const low = say();
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++asked;
      const address = new URL(location.href);
      address.searchParams.set('from', iso(low));
      address.searchParams.set('to', iso(high));
      address.searchParams.delete('on');
      const answer = await fetch(address, { headers: { accept: 'text/html' } }).catch(() => null);
      if (mine !== asked) return;
      if (!answer?.ok) {
        told.textContent = answer ? `The server answered ${answer.status}: try again.` : 'The server does not answer.';
        return;
      }
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (mine !== asked) return;
      for (const part of ['#shown', 'footer']) document.querySelector(part).replaceWith(page.querySelector(part));
      history.replaceState(null, '', address);
      form.elements.from.value = iso(low);
      form.elements.to.value = iso(high);
    }, 120);
  };
  input.addEventListener('input', () => { high = Number(input.value); show(); });
  choice.addEventListener('change', () => { days = Number(choice.value); show(); });
  back.addEventListener('click', () => { high = Math.max(first, high - days); show(); });
  on.addEventListener('click', () => { high = Math.min(last, high + days); show(); });
  say();
}
