// Adaptive polling: fast while something changes, slower while nothing does, at once when the live stream or this operator says so.

import * as live from './live.js';
import * as session from './session.js';

const FAST_MILLIS = 2_000;
/** Below the age at which data is stale, with time for the response. */
const SLOW_MILLIS = 10_000;
const SLOWER = 1.5;
/** Between a change that was pushed and its read, so that several changes become one read. */
const GATHER_MILLIS = 250;
const STALE_MILLIS = 15_000;

/** Whether a state, as `fresh` gets it, may differ from the present. */
export const isOld = ({isStale, problem}) => isStale || problem !== null;

/**
 * Loads now and again and shows each changed answer. What is shown gets old visibly: `place.fresh({...})` is called with each result,
 * failure, and second.
 *
 * @param place an element with `fresh(state)`, such as ga-region; or null
 * @param load (signal) => a promise of {data, asOf, unchanged}, as of `api.get`
 * @param show (answer) => draws; it is not called for an unchanged answer
 * @param kinds what the data is about: results, alerts, notifications, monitors
 * @param pause the least milliseconds between two reads that no operator requested
 * @returns a function that stops it; its property `refresh()` loads at once
 */
export function watch(place, load, show, {kinds = [], pause = 0} = {}) {
  const fast = Math.max(FAST_MILLIS, pause);
  const controller = new AbortController();
  const {signal} = controller;
  const age = new Age();
  let delay = fast;
  let startedAt = -Infinity;
  let timer = null;
  let isLoading = false;
  let again = false;
  let isRequested = false;
  let isShown = false;
  let problem = null;

  const draw = () => place?.fresh({asOf: age.asOf, isStale: age.isStale(), age: age.millis(), problem, isShown});

  async function run() {
    clearTimeout(timer);
    if (signal.aborted || !session.who()) return;
    if (isLoading) return;
    isLoading = true;
    again = false;
    isRequested = false;
    startedAt = performance.now();
    try {
      const answer = await load(signal);
      if (signal.aborted) return;
      age.arrived(answer.asOf, startedAt);
      problem = null;
      delay = answer.unchanged ? Math.min(SLOW_MILLIS, delay * SLOWER) : fast;
      if (!answer.unchanged || !isShown) {
        isShown = true;
        show(answer);
      }
    } catch (e) {
      if (signal.aborted) return;
      if (e.name !== 'Problem') reportError(e);
      problem = e;
      delay = Math.max(Math.min(SLOW_MILLIS, delay * SLOWER), 1_000 * (e.retryAfter ?? 0));
    } finally {
      isLoading = false;
    }
    draw();
    schedule(isRequested ? GATHER_MILLIS : again ? soon() : delay);
  }

  const soon = () => Math.max(GATHER_MILLIS, pause - (performance.now() - startedAt));

  function schedule(millis) {
    clearTimeout(timer);
    if (!signal.aborted) timer = setTimeout(run, millis);
  }

  const refresh = () => {
    delay = fast;
    isRequested = true;
    void run();
  };
  const stopMoved = live.onMoved(moved => {
    if (!kinds.some(kind => moved.has(kind))) return;
    delay = fast;
    if (isLoading) again = true;
    else schedule(soon());
  });
  const stopSession = session.onChange(who => who && refresh());
  const ticking = setInterval(draw, 1_000);
  const seen = () => document.visibilityState === 'visible' && refresh();
  document.addEventListener('visibilitychange', seen);
  addEventListener('online', refresh);
  addEventListener('offline', refresh);
  draw();
  void run();

  const stop = () => {
    controller.abort();
    clearTimeout(timer);
    clearInterval(ticking);
    stopMoved();
    stopSession();
    document.removeEventListener('visibilitychange', seen);
    removeEventListener('online', refresh);
    removeEventListener('offline', refresh);
  };
  stop.refresh = refresh;
  return stop;
}

/** How old an answer is: by the steady clock, and by the wall clock too, because the steady one may stop while a computer sleeps. */
class Age {
  asOf = null;
  #steady = performance.now();
  #wall = Date.now();

  arrived(asOf, startedAt) {
    this.asOf = asOf;
    this.#steady = startedAt;
    this.#wall = Date.now() - (performance.now() - startedAt);
  }

  millis() {
    return Math.max(performance.now() - this.#steady, Date.now() - this.#wall);
  }

  isStale() {
    return this.millis() >= STALE_MILLIS;
  }
}

/**
 * One watch for several places: it runs while one of them follows it.
 *
 * @returns {{follow: function(place, show): function, refresh: function}} `follow` returns a function that ends it
 */
export function shared(load, options) {
  const followers = new Set();
  let stop = null;
  let state = null;
  let answer = null;
  const place = {
    fresh(next) {
      state = next;
      for (const follower of followers) follower.place?.fresh(next);
    },
  };
  const show = next => {
    answer = next;
    for (const follower of [...followers]) follower.show(next);
  };
  return {
    refresh: () => stop?.refresh(),
    follow(of, showing) {
      const follower = {place: of, show: showing};
      followers.add(follower);
      if (state) of?.fresh(state);
      if (answer) showing(answer);
      stop ??= watch(place, load, show, options);
      return () => {
        followers.delete(follower);
        if (followers.size > 0) return;
        stop?.();
        stop = null;
      };
    },
  };
}
