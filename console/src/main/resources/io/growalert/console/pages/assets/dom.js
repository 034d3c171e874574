// Elements from data: text is set as text, so that markup in labels and summaries stays text.

/**
 * An element with properties and children. `class`, `data-*`, `aria-*` and other attributes are set as attributes, `on*` as
 * listeners, and names of properties (`value`, `checked`, ...) as properties. Null, undefined and false are left out.
 */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) setProperty(element, key, value);
  element.append(...present(children));
  return element;
}

function setProperty(element, key, value) {
  if (value === null || value === undefined) return;
  if (key === 'spellcheck') element.spellcheck = value;
  else if (value === false) return;
  else if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
  else if (key in element && !/^(aria|data|class|form|list|role)/.test(key)) element[key] = value;
  else element.setAttribute(key, value === true ? '' : value);
}

export const present = children => children.flat(3).filter(child => child !== null && child !== undefined && child !== false);

/** Replaces the children, unless they have the same text: a screen reader and a selection stay undisturbed. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setChildren(element, ...children) {
  element.replaceChildren(...present(children));
}

/**
 * Makes the element's children those of the items, in order, and reuses the element of an item with the same key. An element with
 * the focus stays in the document.
 *
 * @param create makes the element of a new item
 * @param update changes the element when the item is another object than before
 */
export function sync(parent, items, keyOf, create, update) {
  const before = parent.keyedRows ?? new Map();
  const after = new Map();
  for (const item of items) {
    const row = before.get(keyOf(item)) ?? {element: create(item), item: null};
    if (row.item !== item) update?.(row.element, item);
    row.item = item;
    after.set(keyOf(item), row);
  }
  // removes what is gone first: then what stays is in order mostly, and is not moved, so that it keeps the focus
  for (const [key, row] of before) if (!after.has(key)) row.element.remove();
  let place = parent.firstElementChild;
  for (const {element} of after.values()) {
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  parent.keyedRows = after;
}

/** Reads out a short message. */
export function announce(text) {
  const place = document.getElementById('announcement');
  place.textContent = '';
  requestAnimationFrame(() => { place.textContent = text; });
}
