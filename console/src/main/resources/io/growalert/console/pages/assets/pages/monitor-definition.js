// A monitor's definition, and its query run once.

import * as api from '../api.js';
import {announce, h, setChildren, setText} from '../dom.js';
import {labels} from '../elements/labels.js';
import {state} from '../elements/state.js';
import {time} from '../elements/time.js';
import {number, period, sentence, several} from '../words.js';
import {thresholdWords} from './plot-data.js';
import {receiversOf, seriesName} from './monitor-words.js';

const ON_MISSING = {fail: 'failed', degraded: 'degraded', ignore: 'ignored'};

const consecutive = number => (number === 1 ? '1 result' : `${number} consecutive results`);

/** The pairs of the definition, in the order of its reading. */
function linesOf(definition) {
  const {alert, unit} = definition;
  const lines = [
    ['Fails', definition.fail && thresholdWords(definition.fail, unit)],
    ['Degraded', definition.degraded && thresholdWords(definition.degraded, unit)],
    ['Passes again', definition.resolve && thresholdWords(definition.resolve, unit)],
    ['Fires after', alert.for ? `${period(alert.for)} of failed results` : consecutive(alert.after)],
    ['Resolves after', consecutive(alert.resolveAfter)],
    ['Reminder', alert.repeat ? `every ${period(alert.repeat)}` : 'none'],
    ['Notifies', receiversOf({receivers: alert.receivers, routed: alert.routes || alert.receivers.length === 0})],
    ['Runs', definition.source === 'push' ? 'never: a service publishes its results' : `every ${period(definition.every)}`],
    ['Source', definition.language ? `${definition.source} (${definition.language})` : definition.source],
    ['Window', definition.window && period(definition.window)],
    ['Timeout', period(definition.timeout)],
    ['Without data', `${ON_MISSING[definition.noData]}${definition.resolveOnAbsence ? ', an absent series passed' : ''}`],
    ['With a source error', ON_MISSING[definition.onError]],
    ['Forgets a series after', period(alert.forgetAfter)],
    ['Silent after', definition.silentAfter && period(definition.silentAfter)],
    ['At most', definition.maxSeries && several(definition.maxSeries, 'series', 'series')],
    ['Labels', Object.keys(definition.labels).length > 0 && labels(definition.labels, {whole: true})],
    ['Summary', definition.summary],
    ['File set', definition.origin],
  ];
  return lines.filter(([, value]) => value);
}

/** The definition as a list, its query, and its JSON. */
export function definitionOf(definition) {
  return h('div', {class: 'definition'},
    h('dl', {class: 'facts'}, linesOf(definition).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
    definition.query ? h('div', {}, h('h3', {}, 'Query'), code(definition.query.trimEnd(), 'Query')) : null,
    h('details', {}, h('summary', {}, 'JSON'), code(JSON.stringify(definition, null, 2), 'Definition as JSON')));
}

const code = (text, name) => h('pre', {tabIndex: 0, role: 'region', 'aria-label': name}, h('code', {}, text));

/** A button and the result of the run. Nothing is published and no receiver notified. */
export function runOnce(id) {
  const result = h('div', {class: 'run-result', hidden: true, tabIndex: -1});
  const button = h('button', {type: 'button', onclick: run}, 'Run once');
  async function run() {
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    setText(button, 'Running');
    try {
      const outcome = await api.send('POST', `/api/monitors/${encodeURIComponent(id)}/run`);
      setChildren(result, close(), resultOf(outcome));
      announce('The run ended.');
    } catch (problem) {
      if (problem.name !== 'Problem') reportError(problem);
      setChildren(result, close(), h('p', {class: 'notice', role: 'alert'}, `The monitor was not run. ${sentence(problem, 'The monitor-service')}`));
    } finally {
      button.setAttribute('aria-disabled', 'false');
      setText(button, 'Run once');
    }
    result.hidden = false;
    result.focus();
  }
  const close = () => h('button', {type: 'button', class: 'close quiet', 'aria-label': 'Close the result', onclick: () => {
    result.hidden = true;
    button.focus();
  }}, '\u00d7');
  return {button, result};
}

function resultOf({status, slot, tookMs, rowCount, rows, error, withoutValue, dropped, unit}) {
  const words = [
    several(rowCount, 'row'),
    withoutValue ? `${withoutValue} without a value` : '',
    dropped ? `${dropped.rows} dropped (${dropped.reason})` : '',
    `${tookMs} ms`,
  ].filter(word => word !== '').join(', ');
  return [
    h('p', {class: 'run-words'}, state(error ? 'ERROR' : status), ` ${words} at `, time(slot),
      h('span', {class: 'quiet'}, ' Nothing was published, and no receiver was notified.')),
    error ? h('p', {class: 'notice'}, `${error.kind}: ${error.message}`) : null,
    rows.length > 0 ? h('div', {class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Rows of the run'}, h('table', {},
      h('thead', {}, h('tr', {}, ['Series', 'Value', 'Status', 'Reason'].map(name => h('th', {scope: 'col'}, name)))),
      h('tbody', {}, rows.slice(0, 500).map(row => h('tr', {},
        h('th', {scope: 'row'}, Object.keys(row.labels).length > 0 ? labels(row.labels, {whole: true}) : seriesName({})),
        h('td', {}, typeof row.value === 'string' ? row.value : number(row.value, unit)),
        h('td', {}, row.status ? state(row.status) : 'No value'),
        h('td', {}, row.reason ?? '')))))) : null,
  ];
}
