// A row of a table that becomes a card on a narrow screen, where each cell shows its column's name.

import {h} from '../dom.js';

export function tableRow(columns, ...cells) {
  cells.forEach((cell, index) => cell.setAttribute('data-column', columns[index]));
  return h('tr', {}, cells);
}
