// Makes the console live and quick. Every page works without it: forms post, links lead.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const pulse = find("#pulse");
  find(".top nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

  // ---- swapping what changed ----------------------------------------------------------------
  const served = new Map(); // id -> the part as the server sent it, so that what we or the reader did to it does not count as a change
  const sign = (part) => part.outerHTML.replace(/(data-due="[^"]*">)[^<]*/g, "$1"); // a clock that runs down is no news
  const keep = (within) => all("[data-part], [data-list] > li", within).forEach((part) => served.set(part.id, sign(part)));
  keep(document);

  const isTyped = (field) =>
    field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
      : field.tagName === "SELECT" ? [...field.options].some((option) => option.selected !== option.defaultSelected)
        : field.value !== field.defaultValue;
  const isBusy = (part) =>
    all("input:not([type=hidden]), textarea, select", part).some((field) => field === document.activeElement || isTyped(field)) || Boolean(find("details[open]", part));

  // focus comes back to the same thing, even when its part was replaced
  const whereFocus = () => {
    const on = document.activeElement;
    if (!on || on === document.body) return () => {};
    const part = on.closest("[id]:not(input):not(textarea):not(select)");
    const key = on.id ? `#${CSS.escape(on.id)}`
      : part ? `#${CSS.escape(part.id)} ${on.tagName.toLowerCase()}${on.dataset.act ? `[data-act="${CSS.escape(on.dataset.act)}"]` : ""}${on.value ? `[value="${CSS.escape(on.value)}"]` : ""}` : "";
    return () => {
      if (document.activeElement !== on && key) (find(key) || find(`${key.split(" ")[0]} a`) || document.body).focus({ preventScroll: true });
    };
  };

  const replace = (old, fresh) => {
    if (!old || !fresh || served.get(old.id) === sign(fresh)) return;
    served.set(old.id, sign(fresh));
    keep(fresh);
    old.replaceWith(fresh);
  };

  // an answer that has just taken a place is not approved by a click that was meant for another: its buttons wait a moment
  const settle = (item) => {
    if (!item.hasAttribute("data-answer")) return;
    item.dataset.fresh = "";
    setTimeout(() => delete item.dataset.fresh, 1200);
  };
  const swapList = (list, fresh, force) => {
    const wanted = [...fresh.children];
    const ids = new Set(wanted.map((item) => item.id));
    [...list.children].forEach((item) => { if (!ids.has(item.id)) { served.delete(item.id); item.remove(); } });
    wanted.forEach((item, at) => {
      const mine = document.getElementById(item.id);
      if (mine && (served.get(item.id) === sign(item) || (!force && isBusy(mine)))) {
        if (list.children[at] !== mine) list.insertBefore(mine, list.children[at] || null);
        return;
      }
      served.set(item.id, sign(item));
      if (mine) mine.remove();
      list.insertBefore(item, list.children[at] || null);
      if (!force) settle(item);
    });
  };

  const parse = (html) => new DOMParser().parseFromString(html, "text/html");
  const key = (part) => part && find("[data-key]", part)?.dataset.key;
  const isSameWriting = (part, fresh) => Boolean(key(part)) && key(part) === key(fresh.getElementById(part.id)); // whoever writes has the newest words
  const swap = (fresh, { force = false } = {}) => {
    const restore = whereFocus();
    all("[data-part]").forEach((part) => {
      if (isSameWriting(part, fresh)) return;
      if (!force && (isBusy(part) || (part.hasAttribute("data-hold") && part.isConnected))) return;
      replace(part, fresh.getElementById(part.id));
    });
    all("[data-list]").forEach((list) => { const other = fresh.getElementById(list.id); if (other) swapList(list, other, force); });
    restore();
    document.dispatchEvent(new Event("tocsin:shown"));
  };

  // filters say what is asked for now, also after the back button; what is being typed stays
  const follow = (fresh) => all(".filters [name]", fresh).forEach((theirs) => {
    const mine = find(`.filters [name="${theirs.name}"]${theirs.type === "radio" ? `[value="${theirs.value}"]` : ""}`);
    if (!mine || mine === document.activeElement) return;
    if (theirs.type === "radio") mine.checked = theirs.checked; else mine.value = theirs.value;
  });

  // another page, or the same one after an act: everything that the two have in common stays
  const drafts = new Map(); // case number -> a note that was not sent yet
  const note = () => find("#note textarea");
  const inHand = (within) => find("#card", within)?.dataset.number;
  const place = (within = document) => find("main", within)?.dataset.inPlace;
  const show = (fresh, address, { push = false } = {}) => {
    if (!place() || place() !== place(fresh)) return false;
    const same = inHand() !== undefined && inHand() === inHand(fresh);
    document.body.className = fresh.body.className;
    document.title = fresh.title;
    if (push) history.pushState({}, "", address); else history.replaceState({}, "", address);
    if (place() !== "desk") { swap(fresh, { force: true }); return true; }
    follow(fresh);
    if (!same) {
      if (note()?.value) drafts.set(inHand(), note().value);
      const hand = find("#hand", fresh);
      find("#hand").replaceWith(hand);
      keep(hand);
      if (note() && drafts.has(inHand())) note().value = drafts.get(inHand());
    }
    swap(fresh, { force: same });
    return true;
  };
  const tellHere = (fresh) => {
    const words = find("main [role=alert]", fresh), place = find("#told");
    if (!words || !place) return false;
    const line = Object.assign(document.createElement("p"), { className: "told", textContent: words.textContent.trim() });
    place.replaceChildren(line);
    served.delete(place.id);
    return true;
  };

  // ---- acts without leaving the page --------------------------------------------------------
  const sameOrigin = (address) => new URL(address, location.href).origin === location.origin;
  let acting = false;

  document.addEventListener("submit", async (event) => {
    const form = event.target, pressed = event.submitter;
    const sure = pressed?.dataset.confirm;
    if (sure && !window.confirm(sure)) { event.preventDefault(); return; }
    if (pressed?.closest("[data-fresh]")) { event.preventDefault(); return; }
    if (form.method !== "post" || !place() || form.action.endsWith("/sign-out")) return;
    const action = pressed?.hasAttribute("formaction") ? pressed.formAction : form.action;
    if (!sameOrigin(action) || acting) { if (acting) event.preventDefault(); return; }
    event.preventDefault();
    acting = true;
    pressed?.setAttribute("aria-busy", "true");
    const said = new URLSearchParams(new FormData(form, pressed)), before = [];
    document.dispatchEvent(new CustomEvent("tocsin:leaving", { detail: { form, before } }));
    try {
      await Promise.all(before);
      const answer = await fetch(action, { method: "POST", body: said, headers: { "X-Tocsin": "1" } });
      const fresh = parse(await answer.text());
      if (answer.redirected && form.closest(".write")) { drafts.delete(inHand()); form.reset(); }
      if (answer.redirected && place() !== "desk") { form.reset(); all("main details[open]").forEach((one) => { one.open = false; }); }
      const address = answer.redirected ? answer.url : location.href;
      const shown = show(fresh, address, { push: new URL(address).pathname !== location.pathname });
      if (!shown && (answer.redirected || !tellHere(fresh))) location.assign(address);
      find("#told .told")?.scrollIntoView({ block: "nearest" });
    } catch {
      HTMLFormElement.prototype.submit.call(form);
    } finally {
      acting = false;
      pressed?.removeAttribute("aria-busy");
    }
  });

  // a case opens beside the list; the back button leads back
  const open = async (address, push = true) => {
    const answer = await fetch(address);
    if (!show(parse(await answer.text()), answer.url, { push })) location.assign(address);
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target) return;
    const url = new URL(link.href);
    const isHere = place() === "desk" ? url.pathname === "/" || url.pathname.startsWith("/cases/") : url.pathname === location.pathname;
    if (!place() || url.origin !== location.origin || !isHere) return;
    if (url.hash && url.pathname + url.search === location.pathname + location.search) {
      if (url.hash === "#note") { event.preventDefault(); find("#note textarea")?.focus(); }
      return;
    }
    event.preventDefault();
    open(link.href).then(() => {
      if (!url.hash) return;
      find(url.hash)?.scrollIntoView({ block: "nearest" });
      (find(`${url.hash} textarea`) || find(`${url.hash} input:not([type=hidden]), ${url.hash} select, ${url.hash} a`))?.focus();
    }).catch(() => location.assign(link.href));
  });
  window.addEventListener("popstate", () => { open(location.href, false).catch(() => location.reload()); });

  // ---- filters apply themselves -------------------------------------------------------------
  const filters = find(".filters");
  let typing = 0;
  const narrow = () => {
    const asked = new URLSearchParams([...new FormData(filters)].filter(([, value]) => value));
    open(`${location.pathname}${asked.size ? `?${asked}` : ""}`, false).catch(() => filters.submit());
  };
  filters?.addEventListener("change", (event) => { if (event.target.type !== "search") narrow(); });
  filters?.addEventListener("input", (event) => { if (event.target.type === "search") { clearTimeout(typing); typing = setTimeout(narrow, 250); } });
  filters?.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(typing); narrow(); });

  // ---- keys ---------------------------------------------------------------------------------
  const rows = () => all("#rows > li > a, .approvals .answers article");
  const step = (by) => {
    const links = rows();
    if (!links.length) return;
    const at = links.findIndex((link) => link.contains(document.activeElement) || link.parentElement.contains(document.activeElement));
    const chosen = links.findIndex((link) => link.hasAttribute("aria-current"));
    const from = at >= 0 ? at : chosen;
    const to = links[Math.min(links.length - 1, Math.max(0, from < 0 ? 0 : from + by))];
    to.focus();
    to.scrollIntoView({ block: "nearest" });
  };
  const claim = () => (document.activeElement?.closest?.("#rows > li")?.querySelector("[data-act=claim]") || find("#card [data-act=claim]"))?.click();
  const approve = () => document.activeElement?.closest?.(".approvals .answer")?.querySelector("[data-act=approve]")?.click();
  const keys = {
    j: () => step(1), k: () => step(-1), a: approve, c: claim, n: () => find("[data-key=n]")?.click(),
    "/": () => { find("#find")?.focus(); find("#find")?.select(); }, "?": () => find("#help")?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || find("dialog[open]")) return;
    const within = event.target.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select");
    if (event.key === "Escape" && within) { within.blur(); return; }
    if (within || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  // ---- clocks that run down ------------------------------------------------------------------
  const two = (number) => String(number).padStart(2, "0");
  setInterval(() => all("[data-due]").forEach((clock) => {
    const left = Math.floor(Math.abs(Date.parse(clock.dataset.due) - Date.now()) / 1000);
    clock.textContent = `${Math.floor(left / 3600)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
  }), 1000);

  // ---- live ---------------------------------------------------------------------------------
  const live = document.body.dataset.live;
  if (!live || !window.EventSource) return;
  let source = null, asked = 0, waiting = 0, took = 0, latest = "";
  const refresh = async () => {
    waiting = 0;
    if (acting) { later(); return; }
    const here = location.href, started = performance.now();
    try {
      const answer = await fetch(here, { headers: { "X-Tocsin": "1" } });
      if (answer.redirected && !answer.url.startsWith(location.origin + location.pathname)) { location.assign(answer.url); return; }
      const fresh = parse(await answer.text());
      if (answer.ok && here === location.href && !acting) swap(fresh);
    } catch { /* the source of events says that we are not live */ }
    took = performance.now() - started;
    asked = performance.now();
  };
  // at most every other second, and never more than a tenth of the server's time is spent on one reader
  const later = () => { if (!waiting) waiting = setTimeout(refresh, Math.max(150, asked + Math.max(2000, took * 10) - performance.now()) + Math.random() * 250); };
  const tell = (isLive) => { if (!pulse) return; pulse.hidden = isLive; pulse.textContent = isLive ? "" : pulse.dataset.off; };
  const connect = () => {
    if (source) return;
    source = new EventSource(live);
    source.addEventListener("open", () => { tell(true); root.dataset.isLive = "yes"; });
    source.addEventListener("error", () => {
      tell(false);
      delete root.dataset.isLive;
      if (source?.readyState === EventSource.CLOSED) { source = null; setTimeout(refresh, 500); setTimeout(connect, 5000); }
    });
    source.addEventListener("change", (event) => { if (event.data !== latest) { latest = event.data; later(); } });
    source.addEventListener("over", () => { source.close(); location.reload(); });
  };
  // a page that nobody looks at gives its connection back: browsers allow six to one house
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { source?.close(); source = null; } else { latest = ""; connect(); }
  });
  connect();
})();
