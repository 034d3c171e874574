// The forms that create and change a silence, and the one that acknowledges an incident.

import * as api from '../api.js';
import {now} from '../clock.js';
import {h, setText} from '../dom.js';
import {exactMatcher, labelsOf, parse} from '../incidents.js';
import * as live from '../live.js';
import {moment, several} from '../words.js';
import {Refused, ask, field} from './dialog.js';

const HOUR = 3_600_000;
const COUNTED = 1_000;
const TYPING_MILLIS = 400;

/** The next eight o'clock of the morning after, in this browser's time zone. */
function tomorrow() {
  const date = new Date(now());
  date.setDate(date.getDate() + 1);
  date.setHours(8, 0, 0, 0);
  return date;
}

const ENDS = {
  hour: {words: '1 h', at: () => new Date(now() + HOUR)},
  four: {words: '4 h', at: () => new Date(now() + 4 * HOUR)},
  morning: {words: 'Tomorrow 8:00', at: tomorrow},
  custom: {words: 'Custom', at: text => new Date(text)},
};
const RESOLVED = {resolved: {words: 'Until resolved', at: () => null}};

/** What an input of the type datetime-local has, without seconds. */
function localText(date) {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** A choice of ends; its `value()` is the chosen instant, or null. */
function endChoice(ends, chosen, at) {
  const custom = h('input', {type: 'datetime-local', name: 'endsAt', value: localText(at ?? new Date(now() + HOUR)), 'aria-label': 'End'});
  const shown = h('p', {class: 'hint'});
  const radios = Object.entries(ends).map(([name, {words}]) => h('label', {class: 'choice'},
    h('input', {type: 'radio', name: 'end', value: name, checked: name === chosen}), words));
  const choice = h('fieldset', {class: 'field', onchange: draw}, h('legend', {}, 'Until'), h('div', {class: 'choices'}, radios), custom, shown);
  choice.value = () => {
    const name = choice.querySelector('input[name=end]:checked').value;
    const end = ends[name].at(custom.value);
    if (end === null) return null;
    if (Number.isNaN(end.getTime())) throw new Refused('endsAt', 'Choose the date and the time of the end.');
    if (end.getTime() <= now()) throw new Refused('endsAt', 'The end has to be in the future.');
    return end;
  };
  function draw() {
    const name = choice.querySelector('input[name=end]:checked').value;
    custom.hidden = name !== 'custom';
    const end = name === 'custom' ? null : ends[name].at();
    setText(shown, end ? `Until ${moment(end)}` : '');
    shown.hidden = !end;
  }
  draw();
  return choice;
}

/** A matcher of the API may have line breaks in its value. */
function onOneLine(matcher) {
  const parsed = parse(matcher);
  return parsed?.operator === '=' ? exactMatcher(parsed.label, parsed.value.trim()) : matcher;
}

/** Matchers as lines, with how many open incidents they match, by the dispatcher. */
function matcherChoice(matchers) {
  const text = h('textarea', {name: 'matchers', rows: Math.min(8, Math.max(2, matchers.length + 1)), spellcheck: false, class: 'mono', oninput: later});
  text.value = matchers.map(onOneLine).join('\n');
  const found = h('p', {class: 'hint', role: 'status'});
  const choice = h('div', {class: 'field'},
    field('Matchers', text, 'One a line: label=value, label!=value, label=~pattern, label!~pattern. All have to match.'), found);
  choice.value = () => {
    const lines = text.value.split('\n').map(line => line.trim()).filter(Boolean);
    if (lines.length === 0) throw new Refused('matchers', 'At least one matcher is needed.');
    const wrong = lines.find(line => !parse(line));
    if (wrong) throw new Refused('matchers', `"${wrong}" is no matcher, such as site=north.`);
    return lines;
  };
  let timer;
  function later() {
    clearTimeout(timer);
    timer = setTimeout(count, TYPING_MILLIS);
  }
  async function count() {
    try {
      const {data, next} = await api.get('/api/incidents', {state: 'open', limit: COUNTED, match: choice.value()});
      setText(found, `Matches ${next ? 'more than ' : ''}${several(data.length, 'open incident')}.`);
    } catch (e) {
      setText(found, e instanceof Refused ? '' : 'How many incidents it matches is not known.');
    }
  }
  void count();
  return choice;
}

/** The matchers of one incident: its monitor and series. */
export function matchersOf(incident) {
  return [`monitor=${incident.monitor}`, ...Object.entries(incident.series).map(([label, value]) => exactMatcher(label, value))];
}

/** A row of labels to add as matchers with a press. */
function suggestions(incident, choice) {
  const text = choice.querySelector('textarea');
  const used = new Set(text.value.split('\n'));
  const rest = Object.entries(labelsOf(incident)).map(([label, value]) => exactMatcher(label, value)).filter(matcher => !used.has(matcher));
  const add = matcher => event => {
    text.value = `${text.value.trimEnd()}\n${matcher}`.trim();
    text.dispatchEvent(new Event('input'));
    event.currentTarget.remove();
  };
  return rest.length > 0 && h('div', {class: 'field'}, h('p', {class: 'hint'}, 'Add a label'),
    h('div', {class: 'choices'}, rest.slice(0, 12).map(matcher => h('button', {type: 'button', class: 'suggestion', title: matcher, onclick: add(matcher)},
      h('bdi', {}, matcher)))));
}

/**
 * Creates a silence.
 *
 * @param matchers in their text form
 * @param incident whose labels are offered, or null
 */
export function silence({matchers, incident = null}) {
  const matching = matcherChoice(matchers);
  const end = endChoice(ENDS, 'hour');
  return ask({
    heading: 'Silence',
    content: [matching, incident && suggestions(incident, matching), end, field('Reason', h('input', {name: 'comment', maxLength: 1000, autofocus: matchers.length > 0, autocomplete: 'off'}))],
    action: 'Silence',
    async submit(form) {
      const created = await api.send('POST', '/api/silences', {matchers: matching.value(), endsAt: end.value().toISOString(), comment: reason(form)});
      live.changed('alerts', 'notifications');
      return created;
    },
  });
}

/** Changes a silence of the API. */
export function changeSilence(silence) {
  const matching = matcherChoice(silence.matchers);
  const end = endChoice({custom: ENDS.custom, hour: ENDS.hour, four: ENDS.four, morning: ENDS.morning}, 'custom', new Date(silence.endsAt));
  return ask({
    heading: 'Change the silence',
    content: [matching, end, field('Reason', h('input', {name: 'comment', maxLength: 1000, value: silence.comment, autocomplete: 'off'}))],
    action: 'Save',
    async submit(form) {
      const changed = await api.send('PUT', `/api/silences/${encodeURIComponent(silence.id)}`,
        {matchers: matching.value(), endsAt: end.value().toISOString(), comment: reason(form)});
      live.changed('alerts', 'notifications');
      return changed;
    },
  });
}

function reason(form) {
  const comment = form.get('comment').trim();
  if (!comment) throw new Refused('comment', 'A reason is required.');
  return comment;
}

/** Ends a silence, after a question. */
export function endSilence({id, held, comment}) {
  return ask({
    heading: 'End the silence',
    content: [h('p', {}, h('bdi', {}, comment)), h('p', {}, held === undefined ? 'What only it held is sent at once.'
      : `${several(held, 'notification')} ${held === 1 ? 'waits' : 'wait'} for its end. What only it held is sent at once.`)],
    action: 'End it',
    isDangerous: true,
    async submit() {
      await api.send('DELETE', `/api/silences/${encodeURIComponent(id)}`);
      live.changed('alerts', 'notifications');
    },
  });
}

/** Acknowledges an incident: no reminders, no escalation. */
export function acknowledge(incident) {
  const end = endChoice({...RESOLVED, ...ENDS}, 'resolved');
  return ask({
    heading: 'Acknowledge',
    content: [h('p', {class: 'wrap'}, h('bdi', {}, incident.summary || incident.monitor)), end,
      field('Comment (optional)', h('input', {name: 'comment', maxLength: 1000, autofocus: true, autocomplete: 'off', value: incident.acknowledged?.comment ?? ''}))],
    action: 'Acknowledge',
    async submit(form) {
      const until = end.value();
      const done = await api.send('PUT', `/api/incidents/${encodeURIComponent(incident.incident)}/ack`,
        {until: until && until.toISOString(), comment: form.get('comment').trim() || null});
      live.changed('alerts', 'notifications');
      return done;
    },
  });
}

export async function endAcknowledgement(incident) {
  return ask({
    heading: 'End the acknowledgement',
    content: h('p', {}, 'Reminders and escalation continue.'),
    action: 'End it',
    isDangerous: true,
    async submit() {
      await api.send('DELETE', `/api/incidents/${encodeURIComponent(incident.incident)}/ack`);
      live.changed('alerts', 'notifications');
    },
  });
}
