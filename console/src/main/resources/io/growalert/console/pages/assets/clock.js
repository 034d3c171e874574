// The server's time. A browser's clock may be an hour off: nothing that is shown or sent depends on it.

const TOLERANCE_MILLIS = 2_000;
const NOTABLE_MILLIS = 60_000;

let offset = 0;

/** Learns from a response's `Date`, which has whole seconds. */
export function learn(date) {
  const millis = Date.parse(date);
  if (Number.isNaN(millis)) return;
  const found = millis - Date.now();
  offset = Math.abs(found) > TOLERANCE_MILLIS ? found : 0;
}

/** Milliseconds since the epoch, at the server. */
export const now = () => Date.now() + offset;

/** How far this computer's clock is ahead of the server's, in milliseconds; 0 for less than a minute. */
export const ahead = () => (Math.abs(offset) < NOTABLE_MILLIS ? 0 : -offset);
