// What if: another limit, `after` or `for`, and the incidents that the last 7 days would have had. Nothing is sent.

import * as api from '../api.js';
import {announce, h, setChildren, setText} from '../dom.js';
import {count, duration, moment, sentence, several} from '../words.js';
import {tableRow} from './table-row.js';
import * as rules from './what-if-data.js';

const PAUSE_MILLIS = 300;
const LONGEST_TABLE = 100;
const COLUMNS = ['Series', 'Actual', 'What if'];

/** The form, the handles on the plot, and the comparison. */
export class WhatIf {
  #monitor;
  #plot;
  #frame;
  #onChange;
  #rule;
  #original;
  #nameOf;
  #handles = [];
  #timer = null;
  #controller = null;
  #fields = {};
  #form = h('form', {class: 'toolbar what-if-form', novalidate: true, 'aria-label': 'Rule to try out'});
  #problem = h('p', {class: 'field-problem', id: 'what-if-problem', role: 'alert'});
  #result = h('div', {class: 'what-if-result', 'aria-busy': 'false'});

  /**
   * @param frame the element around the plot, into which the handles are put
   * @param nameOf the text of a series' id
   * @param onChange(result) after each change of the rule, with null, and after each response
   */
  constructor({definition, plot, frame, nameOf, onChange}) {
    this.#monitor = definition;
    this.#plot = plot;
    this.#frame = frame;
    this.#nameOf = nameOf;
    this.#onChange = onChange;
    this.#original = rules.ruleOf(definition);
    this.#rule = this.#original;
    this.#form.addEventListener('submit', event => event.preventDefault());
    this.#drawForm();
    this.#placeHandles();
    this.#ask(0);
    this.element = h('section', {class: 'what-if', 'aria-labelledby': 'what-if-title'},
      h('h2', {id: 'what-if-title'}, 'What if'),
      h('p', {class: 'hint'}, 'Drag the line on the plot, or change the numbers, and see which incidents the last 7 days would have '
        + 'had. Nothing is sent or stored.'),
      this.#form, this.#problem, this.#result);
  }

  /** Those that are tried out. */
  get limits() {
    return rules.handlesOf(this.#rule).filter(({value}) => Number.isFinite(value));
  }

  stop() {
    clearTimeout(this.#timer);
    this.#controller?.abort();
    this.#handles.forEach(handle => handle.remove());
  }

  /** After each drawing of the plot. */
  moveHandles() {
    const {top, left, width, height} = this.#plot.area;
    const handles = rules.handlesOf(this.#rule);
    this.#handles.forEach((handle, index) => {
      const y = this.#plot.yOf(handles[index].value);
      handle.style.left = `${left}px`;
      handle.style.width = `${width}px`;
      handle.style.top = `${Math.min(Math.max(y, top), top + height)}px`;
      handle.hidden = height === 0 || !Number.isFinite(y);
    });
  }

  #change(rule, {redraw = false} = {}) {
    const before = this.#rule;
    this.#rule = rule;
    if (redraw) this.#drawForm();
    if (redraw || before.limits.length !== rule.limits.length) this.#placeHandles();
    this.#describeHandles();
    const problem = rules.problemOf(rule);
    setText(this.#problem, problem?.words ?? '');
    for (const [name, field] of Object.entries(this.#fields)) {
      if (problem?.field === name) {
        field.setAttribute('aria-invalid', 'true');
        field.setAttribute('aria-describedby', this.#problem.id);
      } else {
        field.removeAttribute('aria-invalid');
        field.removeAttribute('aria-describedby');
      }
    }
    if (problem) return;
    this.#onChange(null);
    this.#ask(PAUSE_MILLIS);
  }

  #number(name, value, set, options = {}) {
    const field = h('input', {
      type: 'number', id: `what-if-${name}`, name, value: String(value), step: 'any', inputmode: 'decimal',
      oninput: () => set(field.value === '' ? NaN : Number(field.value)), ...options,
    });
    this.#fields[name] = field;
    return field;
  }

  #select(name, values, chosen, set) {
    return h('select', {id: `what-if-${name}`, name, onchange: event => set(event.target.value)},
      values.map(([value, words]) => h('option', {value, selected: value === chosen}, words)));
  }

  #drawForm() {
    const {kind, limits, needed, unit, resolveAfter} = this.#rule;
    this.#fields = {};
    const limit = index => this.#number(`limit-${index}`, limits[index], value => this.#change({
      ...this.#rule, limits: this.#rule.limits.with(index, value)}), {
      'aria-label': limits.length === 1 ? 'Limit' : ['Lower limit', 'Upper limit'][index],
    });
    const kinds = h('label', {}, 'Fails',
      this.#select('kind', rules.KINDS.map(name => [name, name]), kind,
        value => this.#change(rules.withKind(this.#rule, value, this.#plot.range), {redraw: true})));
    const failing = kind === '' ? null : h('div', {class: 'field-group'}, kinds, limits.map((_, index) => limit(index)),
      this.#monitor.unit ? h('span', {class: 'unit'}, this.#monitor.unit) : null);
    const firing = h('div', {class: 'field-group'},
      h('label', {}, 'Fires after', this.#number('needed', needed, value => this.#change({...this.#rule, needed: value}), {min: '1'})),
      this.#select('unit', Object.keys(rules.UNITS).map(name => [name, name]), unit,
        value => this.#change({...this.#rule, unit: value})));
    firing.querySelector('select').setAttribute('aria-label', 'Fires after: unit');
    const resolving = h('div', {class: 'field-group'},
      h('label', {}, 'Resolves after', this.#number('resolve-after', resolveAfter,
        value => this.#change({...this.#rule, resolveAfter: value}), {min: '1', step: '1', inputmode: 'numeric'})),
      h('span', {class: 'unit'}, 'passed'));
    const back = h('button', {type: 'button', onclick: () => this.#change(this.#original, {redraw: true})}, 'As defined');
    setChildren(this.#form, failing, firing, resolving, back);
  }

  #placeHandles() {
    this.#handles.forEach(handle => handle.remove());
    this.#handles = rules.handlesOf(this.#rule).map(({index}) => this.#handle(index));
    this.#frame.append(...this.#handles);
    this.#describeHandles();
    this.moveHandles();
  }

  #describeHandles() {
    const [low, high] = this.#plot.range;
    rules.handlesOf(this.#rule).forEach(({value}, index) => {
      const handle = this.#handles[index];
      handle.setAttribute('aria-valuenow', String(value));
      handle.setAttribute('aria-valuemin', String(Math.min(low, value)));
      handle.setAttribute('aria-valuemax', String(Math.max(high, value)));
      handle.setAttribute('aria-valuetext', `${value}${this.#monitor.unit ? ` ${this.#monitor.unit}` : ''}`);
      setText(handle.firstElementChild, `${value}`);
    });
  }

  #handle(index) {
    const names = this.#rule.limits.length === 1 ? ['Limit to try out'] : ['Lower limit to try out', 'Upper limit to try out'];
    const handle = h('div', {class: 'limit-handle', role: 'slider', tabIndex: 0, 'aria-orientation': 'vertical',
      'aria-label': names[index]}, h('span', {class: 'limit-grip'}));
    handle.addEventListener('pointerdown', event => {
      event.preventDefault();
      handle.focus();
      handle.setPointerCapture(event.pointerId);
      this.#plot.holdRange(true);
    });
    handle.addEventListener('pointermove', event => {
      if (handle.hasPointerCapture(event.pointerId)) this.#drag(index, event.clientY);
    });
    const drop = () => this.#plot.holdRange(false);
    handle.addEventListener('pointerup', drop);
    handle.addEventListener('pointercancel', drop);
    handle.addEventListener('keydown', event => this.#step(index, event));
    return handle;
  }

  #drag(index, clientY) {
    const {top, height} = this.#plot.area;
    const y = clientY - this.#frame.getBoundingClientRect().top;
    const value = this.#plot.valueAt(Math.min(Math.max(y, top), top + height));
    this.#set(index, rules.rounded(value, this.#plot.range, height));
  }

  #step(index, event) {
    const steps = {ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10}[event.key];
    if (!steps) return;
    event.preventDefault();
    const {height} = this.#plot.area;
    const step = rules.stepOf(this.#plot.range, height / 2);
    this.#set(index, rules.rounded(this.#rule.limits[index] + steps * step, this.#plot.range, height));
  }

  #set(index, value) {
    if (value === this.#rule.limits[index]) return;
    this.#fields[`limit-${index}`].value = String(value);
    this.#change({...this.#rule, limits: this.#rule.limits.with(index, value)});
    this.moveHandles();
  }

  #ask(millis) {
    clearTimeout(this.#timer);
    this.#controller?.abort();
    this.#result.setAttribute('aria-busy', 'true');
    this.#timer = setTimeout(() => this.#load(), millis);
  }

  async #load() {
    const controller = new AbortController();
    this.#controller = controller;
    try {
      const {data} = await api.get(`/api/history/monitors/${encodeURIComponent(this.#monitor.id)}/what-if`,
        rules.parametersOf(this.#rule), {signal: controller.signal});
      if (controller.signal.aborted) return;
      this.#show(data);
      this.#onChange(data);
    } catch (problem) {
      if (controller.signal.aborted) return;
      setChildren(this.#result, h('p', {class: 'notice', role: 'alert'}, `${sentence(problem, 'The history-service')} `,
        h('button', {type: 'button', onclick: () => this.#ask(0)}, 'Try again')));
      if (problem.name !== 'Problem') reportError(problem);
    }
    this.#result.setAttribute('aria-busy', 'false');
  }

  #show(data) {
    const until = Date.parse(data.to);
    const difference = data.whatIf.length - data.actual.length;
    const words = difference === 0 ? 'As many incidents as there were.'
      : `${several(Math.abs(difference), difference > 0 ? 'more incident' : 'fewer incident',
        difference > 0 ? 'more incidents' : 'fewer incidents')} than there ${Math.abs(data.actual.length) === 1 ? 'was' : 'were'}.`;
    const lane = (name, kind, incidents) => h('div', {class: 'lane-row'},
      h('span', {class: 'lane-name'}, name), laneOf(incidents, data, kind),
      h('span', {class: 'lane-sum'}, `${several(incidents.length, 'incident')}, ${duration(rules.totalOf(incidents, until))}`));
    const rows = rules.compared(data, until);
    setChildren(this.#result,
      lane('Actual', 'actual', data.actual),
      lane('What if', 'tried', data.whatIf),
      h('p', {class: 'what-if-words'}, words, data.complete ? null : ' Values of a part of these days are not stored: there may have been more.'),
      h('p', {class: 'hint'}, `From ${moment(data.from)} to ${moment(data.to)}.`),
      rows.length > 0 ? this.#table(rows, until) : null);
    announce(words);
  }

  #table(rows, until) {
    const cell = incidents => h('td', {}, incidents.length === 0 ? h('span', {class: 'quiet'}, 'none')
      : incidents.map(incident => h('span', {class: 'period'},
        `${moment(incident.from)}, ${incident.to ? duration(Date.parse(incident.to) - Date.parse(incident.from))
          : `open for ${duration(until - Date.parse(incident.from))}`}`)));
    return h('div', {class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Incidents compared'},
      h('table', {class: 'cards'}, h('thead', {}, h('tr', {}, COLUMNS.map(name => h('th', {scope: 'col'}, name)))),
        h('tbody', {}, rows.slice(0, LONGEST_TABLE).map(row => tableRow(COLUMNS,
          h('th', {scope: 'row'}, h('bdi', {}, this.#nameOf(row.series))), cell(row.actual), cell(row.whatIf))))),
      rows.length > LONGEST_TABLE ? h('p', {class: 'hint'}, `The latest ${LONGEST_TABLE} of ${count(rows.length)}.`) : null);
  }
}

const SVG = 'http://www.w3.org/2000/svg';

/** Incidents on the line of time. */
function laneOf(incidents, {from, to}, kind) {
  const begin = Date.parse(from);
  const length = Date.parse(to) - begin;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', `lane ${kind}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('viewBox', '0 0 1000 10');
  svg.setAttribute('preserveAspectRatio', 'none');
  for (const incident of incidents) {
    const x = Math.max(0, (Date.parse(incident.from) - begin) / length) * 1000;
    const end = Math.min(1, ((incident.to ? Date.parse(incident.to) : begin + length) - begin) / length) * 1000;
    const rect = document.createElementNS(SVG, 'rect');
    for (const [name, value] of Object.entries({x, y: 0, width: Math.max(end - x, 2), height: 10})) rect.setAttribute(name, value);
    svg.append(rect);
  }
  return svg;
}
