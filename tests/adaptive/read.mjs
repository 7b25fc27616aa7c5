// Reads cards with Microsoft's own reader and says what it complains of: node read.mjs < cards.json, where cards.json is {name: card}.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import MarkdownIt from "markdown-it";
import { hostConfig } from "./host.mjs";

const cards = createRequire(import.meta.url)("adaptivecards/dist/adaptivecards.min.js");
const markdown = new MarkdownIt();
const PLAIN = new Set(["paragraph_open", "paragraph_close", "inline"]);

function read(payload) {
  const card = new cards.AdaptiveCard();
  card.hostConfig = new cards.HostConfig(hostConfig(false));
  const context = new cards.SerializationContext();
  card.parse(payload, context);
  const said = [...Array(context.eventCount).keys()].map((at) => context.getEventAt(at).message);
  const complaints = [...said, ...card.validateProperties().validationEvents.map((event) => event.message)];
  return [...complaints.filter((one) => !mistaken(one, payload)), ...marked(payload)];
}

// Its check of a language remembers where it stopped, and refuses every second card; it counts what stands in a menu among what is shown.
function mistaken(complaint, payload) {
  if (complaint.includes('property "lang"')) return /^[a-z]{2,3}$/.test(payload.lang);
  return complaint.startsWith("Maximum number of actions") && payload.body.every((one) => shown(one.actions ?? []) <= 6);
}

const shown = (actions) => actions.filter((one) => one.mode !== "secondary").length;

// Nothing in a TextBlock of ours is meant as Markdown.
function marked(part) {
  if (Array.isArray(part)) return part.flatMap(marked);
  if (part === null || typeof part !== "object") return [];
  const inner = Object.entries(part).flatMap(([name, value]) => (name === "data" ? [] : marked(value)));
  if (part.type !== "TextBlock") return inner;
  const found = markdown.parse(part.text, {}).flatMap((token) => [token.type, ...(token.children ?? []).map((child) => child.type)]);
  const other = found.filter((type) => !PLAIN.has(type) && !["text", "softbreak"].includes(type));
  return [...inner, ...other.map((type) => `${type} in ${part.text}`)];
}

const given = JSON.parse(readFileSync(0, "utf8"));
const wrong = Object.entries(given).map(([name, card]) => [name, read(card)]).filter(([, said]) => said.length);
process.stdout.write(JSON.stringify(Object.fromEntries(wrong)));
