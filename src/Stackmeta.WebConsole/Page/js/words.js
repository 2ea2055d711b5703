// Numbers and times as an operator reads them.

/** 4 µs, 0.1 ms, 12 ms, 1.4 s. */
export function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "–";
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (milliseconds >= 10) return `${Math.round(milliseconds)} ms`;
  if (milliseconds >= 0.1) return `${milliseconds.toFixed(milliseconds >= 1 ? 1 : 2)} ms`;
  return `${Math.round(milliseconds * 1000)} µs`;
}

/** 0, 0.4, 12, 3,400: a second. */
export function rate(perSecond) {
  return perSecond < 10 ? String(perSecond) : Math.round(perSecond).toLocaleString("en");
}

export function count(number, one, many) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** now, 12 s ago, 3 min ago, 2 h ago, and then the date. */
export function ago(time, now) {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  if (seconds < 2) return "now";
  if (seconds < 60) return `${Math.round(seconds)} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)} h ago`;
  return new Date(time).toISOString().slice(0, 10);
}

/** Why a request got nothing, in the log's words; what a hop behind said without a reason is its status. */
export function reason(request) {
  return request.reason ?? (request.status === "gone" ? "guest went away" : `answered ${request.status} behind`);
}
