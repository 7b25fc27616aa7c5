// Keeps what somebody writes as they write it, and says how long it is and what the checks find. Without it the form still posts.
"use strict";
(() => {
  const find = (selector, within = document) => within.querySelector(selector);
  const CUT = 120; // longer places come shortened, and only what is whole can be replaced
  const panel = () => find("[data-writing]");
  const text = (within) => find("textarea[name=text]", within);
  let timer = 0, flight = null, pending = null, looked = "";

  const gather = (from) => {
    const said = new FormData(find("form", from));
    const body = Object.fromEntries(["csrf", "text", "where", "rests_on"].map((name) => [name, said.get(name) || ""]));
    return { from, to: from.dataset.writing, body: { ...body, keep: from.dataset.kept || "" } };
  };

  // one request at a time; what was typed meanwhile goes with the next
  const send = async () => {
    clearTimeout(timer);
    if (flight || !pending) return flight;
    const now = pending;
    pending = null;
    flight = ask(now).finally(() => { flight = null; if (pending) later(50); });
    return flight;
  };
  const ask = async ({ from, to, body }) => {
    try {
      const headers = { "Content-Type": "application/json", "X-Tocsin": "1" };
      const answer = await fetch(to, { method: "POST", headers, body: JSON.stringify(body), keepalive: true });
      if (answer.redirected) throw new Error("signed out");
      tell(from, body.text, await answer.json());
    } catch {
      say(from, from.dataset.unsaved, true);
    }
  };
  const later = (after = 500) => { clearTimeout(timer); timer = setTimeout(send, after); };

  const say = (from, words, isWrong) => {
    const place = find("[data-saved]", from);
    if (place.textContent !== words) place.textContent = words;
    place.classList.toggle("wrong", Boolean(isWrong));
  };
  const tell = (from, read, answer) => {
    if (answer.told) { say(from, answer.told, true); return; }
    if (answer.saved) say(from, answer.saved);
    const length = find("[data-length]", from);
    length.textContent = answer.length;
    length.classList.toggle("over", answer.over);
    if (text(from).value !== read) return; // already about other words
    const seen = new Map();
    find(".findings", from).replaceChildren(...answer.findings.map((one) => {
      const nth = seen.get(one.where) || 0;
      seen.set(one.where, nth + 1);
      return line(from, one, nth);
    }));
  };
  const made = (tag, className, words) => Object.assign(document.createElement(tag), { className, textContent: words });
  const line = (from, one, nth) => {
    const item = made("li", "finding", "");
    item.append(made("span", "", one.why));
    if (one.where) item.append(" ", made("q", "", one.where));
    if (one.better && (!one.where || one.where.length >= CUT)) item.append(made("span", "better", from.dataset.better.replace("%", one.better)));
    else if (one.better) {
      const button = made("button", "quiet", from.dataset.apply.replace("%", one.better));
      button.type = "button";
      button.addEventListener("click", () => put(from, one, nth));
      item.append(" ", button);
    }
    return item;
  };
  // in its place, as if it had been typed: it can be undone
  const put = (from, { where, better }, nth) => {
    const field = text(from), letter = /[\p{L}\p{N}]/u;
    let at = -1, found = -1;
    do {
      at = field.value.indexOf(where, at + 1);
      if (at < 0) break;
      const apart = !(letter.test(field.value[at - 1] || " ") && letter.test(where[0])) && !(letter.test(field.value[at + where.length] || " ") && letter.test(where.at(-1)));
      if (apart) { found = at; nth -= 1; }
    } while (nth >= 0);
    if (found < 0) return;
    field.focus();
    field.setSelectionRange(found, found + where.length);
    if (!document.execCommand("insertText", false, better)) field.setRangeText(better, found, found + where.length, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const changed = (event) => {
    const from = event.target.closest?.("[data-writing]");
    if (!from || event.target.dataset.refills !== undefined) return;
    pending = gather(from);
    later();
  };
  document.addEventListener("input", changed);
  document.addEventListener("change", (event) => {
    if (event.target.dataset?.refills === undefined) return;
    find("[data-begin]", event.target.closest("form")).click();
  });

  // the form itself is sent: what it says is about to be kept anyway, and nothing may be kept after it
  document.addEventListener("tocsin:leaving", ({ detail }) => {
    if (!detail.form.closest("[data-writing]")) return;
    clearTimeout(timer);
    pending = null;
    looked = ""; // when it is refused, it is looked at again
    if (flight) detail.before.push(flight);
  });
  const look = () => {
    const now = panel();
    if (pending && pending.from !== now) send();
    if ((now?.dataset.key || "") === looked) return;
    looked = now?.dataset.key || "";
    if (!now || !text(now).value) return;
    pending = { ...gather(now), body: { ...gather(now).body, keep: "" } }; // nothing was typed yet
    later(0);
  };
  document.addEventListener("tocsin:shown", look);
  window.addEventListener("pagehide", send);
  document.addEventListener("visibilitychange", () => { if (document.hidden) send(); });
  look();
})();
