// The health of the gateway and of the services behind it, from Spring Boot's report.

const NAMES = {monitors: 'monitor-service', dispatcher: 'alert-dispatcher', billing: 'billing-service', history: 'history-service'};
const WELL = new Set(['UP', 'UNKNOWN']);

/** How a health status is shown. */
export const KINDS = {UP: 'PASSED', DEGRADED: 'DEGRADED', UNKNOWN: 'UNKNOWN'};
export const kindOf = status => KINDS[status] ?? 'FAILED';

/**
 * The gateway's report as rows.
 *
 * @returns {{name: string, status: string, reasons: string[]}[]} the worst first
 */
export function servicesOf({status, components = {}}) {
  const {reasons = {}, ...reachable} = components.backends?.details ?? {};
  const services = Object.entries(reachable).map(([name, isWell]) => ({
    name: NAMES[name] ?? name,
    ...(isWell === true ? {status: 'UP', reasons: []} : explained(reasons[name] ?? 'no reason was given')),
  }));
  const parts = Object.entries(components).filter(([name, part]) => name !== 'backends' && !WELL.has(part.status));
  const gateway = {
    name: 'gateway',
    status: parts.length > 0 ? worst(parts.map(([, part]) => part.status)) : status === 'DEGRADED' ? 'UP' : status,
    reasons: parts.map(([name, part]) => `${name} ${part.status}${detailsOf(part.details)}`),
  };
  return [...services, gateway].sort((a, b) => rank(b) - rank(a) || a.name.localeCompare(b.name));
}

const rank = ({status}) => (status === 'UP' ? 0 : status === 'DEGRADED' ? 1 : 2);

const worst = statuses => statuses.find(status => status !== 'DEGRADED') ?? 'DEGRADED';

function detailsOf(details) {
  const words = Object.entries(details ?? {}).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return words.length > 0 ? ` (${words.join(', ')})` : '';
}

/** `DEGRADED: notifier DEGRADED (parked=150); kafka DOWN` as a status and a reason for each component. */
function explained(reason) {
  const found = /^(DEGRADED|DOWN|OUT_OF_SERVICE|[A-Z_]{2,})(?::\s*(.*))?$/s.exec(reason);
  return found
    ? {status: found[1], reasons: found[2] ? split(found[2]) : []}
    : {status: 'DOWN', reasons: [reason]};
}

/** At semicolons outside of brackets. */
function split(text) {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth = Math.max(0, depth - 1);
    if (character === ';' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map(part => part.trim()).filter(part => part !== '');
}
