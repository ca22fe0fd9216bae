// Days as numbers: those of Python's date.toordinal, where 1 January 1970 is 719163.
const EPOCH = 719163, DAY = 86400000;
const LONG = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

export const iso = (day) => new Date((day - EPOCH) * DAY).toISOString().slice(0, 10);
export const ordinal = (text) => Math.round(Date.parse(`${text}T00:00:00Z`) / DAY) + EPOCH;
export const said = (day) => LONG.format(new Date((day - EPOCH) * DAY));

// An element with attributes and children.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// A range with its label, for days: arrows move by a day, page up and down by a tenth.
export function range(id, label, first, last, value) {
  const input = element('input', { id, type: 'range', min: first, max: last, step: 1 });
  input.value = value;
  return [element('div', { class: 'field' }, element('label', { for: id }, label), input), input];
}
