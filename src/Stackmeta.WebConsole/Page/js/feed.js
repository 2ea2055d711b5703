// The stream of pictures (GET /events). The browser itself comes back when it breaks off; here it is told what happened.

/**
 * @param take   called with each picture
 * @param lost   called when the stream breaks off, and will be tried again
 * @param ended  called when the console does not know this page any more
 */
export function follow({ take, lost, ended }) {
  const source = new EventSource("/events");
  source.onmessage = (event) => take(JSON.parse(event.data));
  source.onerror = () => (source.readyState === EventSource.CLOSED ? ended() : lost());
}

/** Asks the console for something about guests. What it cannot have comes as {error}. */
export async function ask(path, parameters = {}, signal = undefined) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const query = new URLSearchParams(given);
  try {
    const answer = await fetch(`${path}?${query}`, { signal });
    if (!answer.ok) return { error: `The console answered ${answer.status}.` };
    return await answer.json();
  } catch (e) {
    if (e.name === "AbortError") throw e;
    return { error: "The console does not answer. Look whether 'stackmeta console' still runs." };
  }
}
