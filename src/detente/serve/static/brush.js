// Brush a span of a chart, by dragging over it or with the two ranges below: the incidents under it follow, and those of the other
// chart on the page. The link "Show these days" leads to the page of the span.
import { element, iso, ordinal, range, said } from './days.js';

const SVG = 'http://www.w3.org/2000/svg';

export function brush(figures) {
  const charts = [...figures].filter((f) => f.querySelector('[data-first]'));
  const all = charts.map((figure, number) => new Brush(figure, number + 1));
  for (const one of all) one.changed = (first, last) => { for (const b of all) b.take(first, last); };
}

class Brush {
  constructor(figure, number) {
    const { first, last } = figure.querySelector('[data-first]').dataset;
    Object.assign(this, { first: Number(first), last: Number(last), low: Number(first), high: Number(last) });
    this.rows = [...figure.closest('article').querySelectorAll('tr[data-days]')].map((row) => {
      const [begin, end] = row.dataset.days.split(' ').map(ordinal);
      return { row, begin, end };
    });
    this.drawn = [...figure.querySelectorAll('[data-first]')].map((part) => this.over(part));
    const name = figure.dataset.name;
    const [from, low] = range(`low${number}`, 'From', this.first, this.last, this.first);
    const [to, high] = range(`high${number}`, 'To', this.first, this.last, this.last);
    Object.assign(this, { lowInput: low, highInput: high });
    low.addEventListener('input', () => this.changed(Number(low.value), Math.max(Number(low.value), this.high)));
    high.addEventListener('input', () => this.changed(Math.min(Number(high.value), this.low), Number(high.value)));
    this.told = element('output', { for: `low${number} high${number}` });
    this.link = element('a', { class: 'go' }, 'Show these days');
    this.whole = element('button', { type: 'button' }, 'All days');
    this.whole.addEventListener('click', () => { this.changed(this.first, this.last); low.focus(); });
    figure.after(element('div', { class: 'brush', role: 'group', 'aria-label': `${name}: span of days` }, from, to, this.told, this.link, this.whole));
    this.take(this.first, this.last);
  }

  // A rectangle over the chart that marks the span; dragging over the chart sets it.
  over(part) {
    const svg = part.querySelector('svg');
    const left = Number(part.dataset.left), right = Number(part.dataset.right);
    const mark = document.createElementNS(SVG, 'rect');
    for (const [key, value] of [['class', 'span'], ['y', 0], ['height', svg.viewBox.baseVal.height]]) mark.setAttribute(key, value);
    svg.append(mark);
    const step = (right - left) / (this.last - this.first + 1);
    const day = (event) => {
      const x = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()).x;
      return Math.min(this.last, Math.max(this.first, this.first + Math.floor((x - left) / step)));
    };
    let begun = null;
    svg.addEventListener('pointerdown', (event) => {
      if (event.button) return;
      begun = day(event);
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener('pointermove', (event) => {
      if (begun === null) return;
      const now = day(event);
      if (now !== begun) this.changed(Math.min(begun, now), Math.max(begun, now));
    });
    for (const name of ['pointerup', 'pointercancel']) svg.addEventListener(name, () => { begun = null; });
    return (low, high, whole) => {
      mark.toggleAttribute('hidden', whole);
      mark.setAttribute('x', left + (low - this.first) * step);
      mark.setAttribute('width', Math.max(step * (high - low + 1), 2));
    };
  }

  take(low, high) {
    this.low = Math.min(this.last, Math.max(this.first, low));
    this.high = Math.min(this.last, Math.max(this.first, high));
    const whole = this.low === this.first && this.high === this.last;
    this.lowInput.value = this.low;
    this.highInput.value = this.high;
    this.lowInput.setAttribute('aria-valuetext', said(this.low));
    this.highInput.setAttribute('aria-valuetext', said(this.high));
    let shown = 0;
    for (const { row, begin, end } of this.rows) {
      const inside = begin <= this.high && end >= this.low;
      row.hidden = !inside;
      shown += inside;
    }
    this.told.textContent = `${said(this.low)} – ${said(this.high)}: ${shown} of the ${this.rows.length} incidents below`;
    const address = new URL(location.href);
    address.searchParams.set('from', iso(this.low));
    address.searchParams.set('to', iso(this.high));
    this.link.href = address.pathname + address.search;
    this.link.hidden = this.whole.hidden = whole;
    for (const draw of this.drawn) draw(this.low, this.high, whole);
  }
}
