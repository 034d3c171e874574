// One incident: what happened, who was notified, what comes next, and what can be done.

import * as api from '../api.js';
import {h, setChildren, setText} from '../dom.js';
import {labels} from '../elements/labels.js';
import {region} from '../elements/region.js';
import {acknowledge, changeSilence, endAcknowledgement, endSilence, matchersOf, silence} from '../elements/silence-form.js';
import {state} from '../elements/state.js';
import {time} from '../elements/time.js';
import {shared} from '../fresh.js';
import {icon} from '../icons.js';
import {now} from '../clock.js';
import * as session from '../session.js';
import {number} from '../words.js';
import {deliveries} from './incident-deliveries.js';
import {storedMoments, timeline} from './incident-timeline.js';

/** The dispatcher is away; what it published is known to history-service. */
const AWAY = new Set([0, 502, 503, 504]);

export default {
  title: 'Incident',
  render(root, context) {
    return new Incident(root, context).start();
  },
};

class Incident {
  #context;
  #id;
  #report = null;
  #head = region({heading: 'Incident', level: 1, name: 'incident', service: 'The alert-dispatcher'});
  #next = region({heading: 'Next', name: 'next', service: 'The alert-dispatcher', isQuiet: true});
  #timeline = region({heading: 'Timeline', name: 'timeline', service: 'The alert-dispatcher', isQuiet: true});
  #deliveries = region({heading: 'Deliveries', name: 'deliveries', service: 'The alert-dispatcher', isQuiet: true});
  #silences = region({heading: 'Silences', name: 'silences', service: 'The alert-dispatcher', isQuiet: true});
  #routes = region({heading: 'Routing', name: 'routing', service: 'The alert-dispatcher', isQuiet: true});
  #source;

  constructor(root, context) {
    this.#context = context;
    this.#id = context.params.id;
    this.#source = shared(signal => this.#load(signal), {kinds: ['alerts', 'notifications']});
    this.#timeline.body.classList.add('flush');
    this.#deliveries.body.classList.add('flush');
    root.append(h('p', {class: 'back'}, h('a', {href: '/console'}, 'Overview')), this.#head,
      h('div', {class: 'columns'},
        h('div', {class: 'column'}, this.#next, this.#timeline),
        h('div', {class: 'column'}, this.#deliveries, this.#silences, this.#routes)));
  }

  start() {
    this.#context.keys({
      a: {words: 'Acknowledge the incident', run: () => this.#isOpen() && session.can('operator') && acknowledge(this.#report.incident)},
      m: {words: 'Silence the incident', run: () => this.#report && session.can('operator') && this.#silence()},
    });
    const others = [this.#next, this.#timeline, this.#deliveries, this.#silences, this.#routes];
    const stops = [this.#source.follow(this.#head, ({data}) => this.#draw(data)), ...others.map(place => this.#source.follow(place, () => {}))];
    return () => stops.forEach(stop => stop());
  }

  async #load(signal) {
    try {
      return await api.get(`/api/incidents/${encodeURIComponent(this.#id)}`, {}, {signal});
    } catch (problem) {
      if (problem.name === 'Problem' && AWAY.has(problem.status) && !this.#report) await this.#loadHistory(signal);
      throw problem;
    }
  }

  /** Once, below the notice that the dispatcher is away. */
  async #loadHistory(signal) {
    try {
      const {data} = await api.get(`/api/history/incidents/${encodeURIComponent(this.#id)}`, {}, {signal});
      if (!this.#report) this.#drawHistory(data);
    } catch (problem) {
      if (problem.name !== 'Problem' && !signal.aborted) throw problem;
    }
  }

  #isOpen() {
    return this.#report !== null && this.#report.incident.resolvedAt === null;
  }

  #silence() {
    const {incident} = this.#report;
    return silence({matchers: matchersOf(incident), incident});
  }

  #draw(report) {
    this.#report = report;
    this.#drawHead(report);
    const {past, future} = timeline(report);
    setChildren(this.#next.body, future.length > 0 ? h('ol', {class: 'timeline'}, future.map(entry)) : h('p', {class: 'quiet'},
      this.#isOpen() ? 'Nothing is scheduled.' : 'The incident is resolved.'));
    setChildren(this.#timeline.body, h('ol', {class: 'timeline'}, past.map(entry)));
    setChildren(this.#deliveries.body, deliveries(report));
    this.#drawSilences(report.silences);
    this.#drawRoutes(report);
  }

  #drawHistory(stored) {
    const {summary, monitor, series, labels: own, status, reason, from, to} = stored;
    setText(this.#head.heading, summary || `${monitor}: ${reason}`);
    this.#context.setTitle(short(summary || monitor));
    setChildren(this.#head.body, facts([
      ['Status', [state(status), ' ', to ? state('resolved', 'Resolved') : state('firing', 'Open')]],
      ['Since', [time(from), to && [', resolved ', time(to)]]],
      ['Reason', h('bdi', {}, reason)],
      ['Monitor', monitorLink(monitor)],
      ['Labels', labels({...own, ...series}, {whole: true})],
    ]));
    setChildren(this.#timeline.body, h('p', {class: 'empty'}, 'As history-service read it from the topics:'),
      h('ol', {class: 'timeline'}, storedMoments(stored).map(entry)));
  }

  #drawHead(report) {
    const {incident, rule} = report;
    const title = incident.summary || `${incident.monitor}: ${incident.reason}`;
    this.#context.setTitle(short(title));
    setText(this.#head.heading, title);
    this.#head.heading.dir = 'auto';
    const {acknowledged} = incident;
    const mayAct = session.can('operator');
    setChildren(this.#head.actions, mayAct && this.#isOpen() && [
      h('button', {type: 'button', class: acknowledged ? '' : 'main', onclick: () => acknowledge(incident)}, icon('acknowledged'),
        acknowledged ? 'Change acknowledgement' : 'Acknowledge'),
      acknowledged && h('button', {type: 'button', onclick: () => endAcknowledgement(incident)}, 'End acknowledgement'),
      h('button', {type: 'button', onclick: () => this.#silence()}, icon('silenced'), 'Silence'),
    ]);
    setChildren(this.#head.body, facts([
      ['Status', [state(incident.status), ' ', incident.resolvedAt ? state('resolved', 'Resolved') : state('firing', 'Open'), incident.paused && [' ', state('held', 'Paused')]]],
      incident.paused && ['Paused', `${incident.paused}; not checked and not notified again until it is paid`],
      ['Value', number(incident.value, report.transitions.find(({event}) => event.unit)?.event.unit)],
      ['Since', [time(incident.firingSince), ', ', incident.resolvedAt ? ['resolved ', time(incident.resolvedAt)] : ['for ', time(incident.firingSince, 'since')]]],
      ['Reason', h('bdi', {}, incident.reason)],
      rule && ['Rule', h('code', {}, rule)],
      ['Monitor', monitorLink(incident.monitor)],
      ['Series', labels(incident.series, {whole: true})],
      Object.keys(incident.labels).length > 0 && ['Labels', labels(incident.labels, {whole: true})],
      acknowledged && ['Acknowledged', [state('acknowledged', 'Acknowledged'), ' by ', h('bdi', {}, acknowledged.by), ', ', time(acknowledged.at, 'ago'),
        acknowledged.until ? [', until ', time(acknowledged.until)] : ', until it is resolved', acknowledged.comment && [': ', h('bdi', {}, acknowledged.comment)]]],
    ]));
  }

  #drawSilences(silences) {
    const mayAct = session.can('operator');
    setChildren(this.#silences.body, silences.length === 0 ? h('p', {class: 'quiet'}, 'None matched while it was open.')
      : h('ul', {class: 'plain'}, silences.map(one => h('li', {class: 'silence-line'},
        h('p', {}, state(one.endedAt || isOver(one) ? 'ended' : 'active', one.endedAt || isOver(one) ? 'Ended' : 'Active'), ' ',
          h('bdi', {}, one.comment)),
        h('p', {class: 'small quiet'}, one.matchers.map(text => h('bdi', {class: 'mono'}, `${text} `)), 'by ', h('bdi', {}, one.createdBy), ', ',
          time(one.startsAt), ' to ', one.endsAt ? time(one.endedAt ?? one.endsAt) : 'the end of its alert'),
        mayAct && !one.endedAt && !isOver(one) && h('div', {class: 'actions'},
          one.origin === 'api' && h('button', {type: 'button', onclick: () => changeSilence(one)}, 'Change'),
          one.origin !== 'inhibition' && h('button', {type: 'button', onclick: () => endSilence(one)}, 'End'))))));
  }

  #drawRoutes({routes, receivers}) {
    const named = receivers.length > 0 && h('p', {}, 'The monitor names ', receivers.map((name, place) => [place > 0 && ', ', h('b', {}, name)]), '.');
    setChildren(this.#routes.body, named, !routes ? !named && h('p', {class: 'quiet'}, 'No receiver.')
      : h('ol', {class: 'plain'}, routes.branches.map(branch => h('li', {class: 'silence-line'},
        h('p', {}, h('b', {}, branch.receivers.join(', ')), branch.heldUntil && [' held until ', time(branch.heldUntil)]),
        h('p', {class: 'small quiet'}, [branch.groupBy.length > 0 ? `grouped by ${branch.groupBy.join(', ')}` : 'one message an alert',
          branch.repeat ? `repeated after ${branch.repeat}` : 'not repeated',
          ...branch.escalate.map(({after, receivers: to}) => `escalates to ${to.join(', ')} after ${after}`)].join('; ')),
        h('p', {class: 'small mono'}, branch.why.join(' \u2192 '))))));
  }
}

const short = title => (title.length > 60 ? `${title.slice(0, 60)}\u2026` : title);

const monitorLink = monitor => h('a', {href: `/console/monitors/${encodeURIComponent(monitor)}`}, monitor);

const facts = pairs => h('dl', {class: 'facts'}, pairs.filter(Boolean).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));

const isOver = ({endsAt}) => endsAt !== null && Date.parse(endsAt) <= now();

/** A moment of the timeline. */
function entry({at, kind, what, detail, isFuture}) {
  return h('li', {class: `moment moment-${kind}`},
    h('span', {class: 'moment-icon'}, icon(kind)),
    h('div', {}, h('p', {}, what), detail && h('p', {class: 'small quiet wrap'}, detail)),
    h('span', {class: 'moment-at small'}, time(at), isFuture && [' ', h('b', {}, time(at, 'until'))]));
}
