// The token of a link in a mail.

/** Removes the token from the address, so that no history or bookmark contains it. A browser sends no fragment to a server. */
export function takeToken() {
  const found = /^#(?:token=)?([A-Za-z0-9_.-]+)$/.exec(location.hash);
  if (location.hash) history.replaceState(null, '', location.pathname + location.search);
  return found?.[1] ?? null;
}
