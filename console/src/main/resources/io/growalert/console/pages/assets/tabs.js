// The messages between the tabs of one browser: changes, events of the live stream, the session.

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('growalert-console') : null;

/** Sends to the other tabs. */
export const share = message => channel?.postMessage(message);

/** @param listener is called with the messages of other tabs */
export function shared(listener) {
  channel?.addEventListener('message', ({data}) => listener(data));
}

/**
 * Runs in one tab at a time, where locks exist (over https and on localhost); else in each visible tab.
 *
 * @param lead begins; what it returns ends it
 */
export function oneTab(name, lead) {
  if (navigator.locks) {
    void navigator.locks.request(name, () => {
      lead();
      return new Promise(() => {});
    });
    return;
  }
  let end = null;
  const follow = () => {
    if (document.visibilityState === 'visible') end ??= lead();
    else {
      end?.();
      end = null;
    }
  };
  document.addEventListener('visibilitychange', follow);
  follow();
}
