// A download of history's values.

import * as api from '../api.js';

/** @throws Problem */
export async function download(path, params, name) {
  const response = await fetch(api.address(path, params), {headers: {Accept: 'text/csv'}, credentials: 'same-origin', cache: 'no-store'})
    .catch(() => {
      throw new api.Problem(0);
    });
  if (!response.ok) throw new api.Problem(response.status, await response.json().catch(() => ({})));
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // the browser has read it by then
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
