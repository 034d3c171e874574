// Pictures of 16 by 16 units, drawn in the colour of the text. Each stands beside its word.

const SVG = 'http://www.w3.org/2000/svg';

const PATHS = {
  PASSED: 'M3 8.5l3.2 3.2L13 5',
  DEGRADED: 'M8 2.5L14.5 13.5H1.5ZM8 6.5v3.2M8 11.7v.3',
  FAILED: 'M5.2 1.5h5.6L14.5 5.2v5.6l-3.7 3.7H5.2L1.5 10.8V5.2ZM5.5 5.5l5 5M10.5 5.5l-5 5',
  NO_DATA: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M6 6.2a2 2 0 1 1 2.7 2c-.5.2-.7.5-.7 1.1M8 11.5v.3',
  ERROR: 'M9 1.5L3.5 9H8l-1 5.5L12.5 7H8Z',
  MISSED: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M4.8 8h6.4',
  UNKNOWN: 'M3 8h2M7 8h2M11 8h2',
  acknowledged: 'M1.5 8.5l3 3L10 6M6.8 10.8l.9.7L14.5 5',
  silenced: 'M4.2 5.8V7c0 2.2-.7 3-1.7 4h9M6.5 13.5h3M5.3 3.4A3.8 3.8 0 0 1 11.8 6v1c0 1.4.3 2.2.8 2.9M2 2l12 12',
  waiting: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M8 4.5V8l2.5 1.8',
  delivered: 'M1.5 8L14.5 2L10.5 14L7.5 9.2ZM7.5 9.2L14.5 2',
  parked: 'M2.5 2.5h11v11h-11ZM6.3 12V4.5h2.4a2.2 2.2 0 0 1 0 4.4H6.3',
  muted: 'M3 8h10M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13',
  closed: 'M3 8.5l3.2 3.2L13 5',
  'half-open': 'M8 2.5L14.5 13.5H1.5ZM8 6.5v3.2M8 11.7v.3',
  open: 'M5.2 1.5h5.6L14.5 5.2v5.6l-3.7 3.7H5.2L1.5 10.8V5.2ZM5.5 5.5l5 5M10.5 5.5l-5 5',
  active: 'M4.2 5.8V7c0 2.2-.7 3-1.7 4h9M6.5 13.5h3M5.3 3.4A3.8 3.8 0 0 1 11.8 6v1c0 1.4.3 2.2.8 2.9M2 2l12 12',
  pending: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M8 4.5V8l2.5 1.8',
  superseded: 'M3 8h10M9 4l4 4l-4 4',
  ended: 'M3 3h10v10H3Z',
  held: 'M5 3.5v9M11 3.5v9',
  firing: 'M8 1.5c.5 2.5 4 4 4 7.8a4 4 0 0 1-8 0C4 7.6 5 6.5 5.5 5.5c.4 1.2 1 1.7 1.7 2C7.4 5.5 7 3.5 8 1.5',
  resolved: 'M3 8.5l3.2 3.2L13 5',
  reminder: 'M3.5 11c1-1 1.5-2 1.5-4a3 3 0 0 1 6 0c0 2 .5 3 1.5 4ZM6.7 13.5h2.6',
  escalated: 'M3 13.5h3v-4h3v-4h4M10.5 2.5l2.5 3l-2.5 3',
  overview: 'M2 2.5h5v5H2ZM9 2.5h5v5H9ZM2 9.5h5v4H2ZM9 9.5h5v4H9Z',
  monitors: 'M1.5 8.5h3l2-5l3 9l2-4h3',
  silences: 'M4.2 5.8V7c0 2.2-.7 3-1.7 4h9M6.5 13.5h3M5.3 3.4A3.8 3.8 0 0 1 11.8 6v1c0 1.4.3 2.2.8 2.9M2 2l12 12',
  receivers: 'M1.5 8L14.5 2L10.5 14L7.5 9.2ZM7.5 9.2L14.5 2',
  system: 'M2 3h12v4H2ZM2 9h12v4H2ZM4.5 5v.1M4.5 11v.1',
  customers: 'M8 2a3 3 0 1 0 0 6a3 3 0 1 0 0-6M2.5 14c.5-3 2.5-4.5 5.5-4.5s5 1.5 5.5 4.5',
  search: 'M7 2a5 5 0 1 0 0 10a5 5 0 1 0 0-10M10.7 10.7L14 14',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  more: 'M5.5 3l5 5l-5 5',
  away: 'M8 2.5L14.5 13.5H1.5ZM8 6.5v3.2M8 11.7v.3',
  stale: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M8 4.5V8l2.5 1.8',
  info: 'M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M8 7.2v4M8 4.8v.3',
};

/** A picture, hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', `icon icon-${name.toLowerCase().replace('_', '-')}`);
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name] ?? PATHS.UNKNOWN);
  svg.append(path);
  return svg;
}
