// Elements, dates and keys.

/** @param properties of the element; names with a dash are attributes */
export function node(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-')) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.filter(child => child !== null));
  return made;
}

export const paragraph = (text, className = '') => node('p', {textContent: text, className});

export const button = (label, go, className = '') => {
  const made = node('button', {type: 'button', textContent: label, className});
  made.addEventListener('click', go);
  return made;
};

export const actions = (...children) => node('div', {className: 'actions'}, ...children);

/** A link to a page of another site, or null for an address that is not one. @param what for screen readers, of which link it is */
export function outside(label, href, what = '') {
  if (!/^https?:\/\//.test(href ?? '')) return null;
  const link = node('a', {href, target: '_blank', rel: 'noopener', textContent: label});
  if (what) link.append(node('span', {className: 'hidden', textContent: ` ${what}`}));
  return link;
}

/** Such as "December 1, 2026". @param time ISO 8601, or seconds since 1970 */
export function day(time) {
  const date = new Date(typeof time === 'number' ? time * 1000 : time);
  return new Intl.DateTimeFormat(document.documentElement.lang, {dateStyle: 'long'}).format(date);
}

/** A new idempotency key. */
export const newKey = () =>
  // crypto.randomUUID requires https
  Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
