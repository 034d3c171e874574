// <ga-bar>: the statuses of a time, cell by cell. Each status has its own height and pattern, so that colour is not needed.

import {h} from '../dom.js';
import {STATES, moment} from '../words.js';

const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 20;
const CELL = 6;
/** [top, height] of a cell. */
const SHAPES = {
  PASSED: [0, 20],
  DEGRADED: [6, 14],
  FAILED: [0, 20],
  NO_DATA: [0, 20],
  ERROR: [0, 20],
  MISSED: [15, 5],
};

class Bar extends HTMLElement {
  /** @param cells [{from, to, status}], status null where nothing is known */
  set cells(cells) {
    const svg = draw('svg', {viewBox: `0 0 ${Math.max(1, cells.length * CELL)} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img'});
    svg.setAttribute('aria-label', summary(cells));
    cells.forEach((cell, place) => {
      const [top, height] = SHAPES[cell.status] ?? [18, 2];
      const rect = draw('rect', {x: place * CELL + 0.5, y: top, width: CELL - 1, height, class: `cell-${cell.status ?? 'none'}`});
      const title = draw('title', {});
      title.textContent = `${moment(cell.from)} to ${moment(cell.to)}: ${STATES[cell.status] ?? 'nothing known'}`;
      rect.append(title);
      svg.append(rect);
      if (cell.status === 'FAILED') svg.append(draw('rect', {x: place * CELL + 2, y: 8, width: CELL - 4, height: 4, class: 'cell-mark'}));
      if (cell.status === 'NO_DATA') svg.append(draw('rect', {x: place * CELL + 1.5, y: 4, width: CELL - 3, height: 12, class: 'cell-mark'}));
      if (cell.status === 'ERROR') svg.append(draw('path', {d: `M${place * CELL + 1} 15l4 -10`, class: 'cell-stroke'}));
    });
    this.replaceChildren(svg);
  }
}

/** For a screen reader: how many cells have each status. */
function summary(cells) {
  const counts = new Map();
  for (const {status} of cells) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(([status, count]) => `${STATES[status] ?? 'nothing known'} ${count}`);
  return `${cells.length} parts: ${parts.join(', ')}`;
}

function draw(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

customElements.define('ga-bar', Bar);

export const bar = cells => h('ga-bar', {cells});
