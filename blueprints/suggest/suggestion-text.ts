import type { Suggestion } from "./suggestion.ts";
import { onOneLine } from "./words.ts";

/** A comment behind a line, or none. */
const behind = (why: string): string => (why === "" ? "" : ` # ${onOneLine(why)}`);

/** The blueprint as YAML, with the reason of each line behind it and what was left out at its end. */
export function suggestionText(suggestion: Suggestion): string {
  const { useCase, head, decisionSpace, context, observations, events, features, label } = suggestion;
  const { decide, ttl, minRows, leftOut } = suggestion;
  const lines = [
    ...head.map((line) => `# ${onOneLine(line, 400)}`),
    `useCase: ${useCase}`,
    `decisionSpace: ${decisionSpace.text}${behind(decisionSpace.why)}`,
    "",
    "context: # what the product sends with each question",
    ...context.map(({ name, type, why }) => `  ${name}: ${type}${behind(why)}`),
  ];
  const said = Object.entries(observations);
  if (said.length > 0)
    lines.push(
      "",
      "observations: # what is said later of a decision",
      ...said.map(([name, type]) => `  ${name}: ${type}`),
    );
  if (events.length > 0) {
    lines.push("", "events: # what happens in between");
    for (const { kind, fields, why } of events)
      lines.push(`  ${kind}: ${fields.length === 0 ? "{}" : `{ fields: [${fields.join(", ")}] }`}${behind(why)}`);
  }
  lines.push("", "features: # what the model sees");
  for (const { item, why } of features) lines.push(`  - ${item}${behind(why)}`);
  lines.push("", "label: # what the model learns");
  for (const [key, value, why] of label) lines.push(`  ${key}: ${value}${behind(why)}`);
  if (!suggestion.isBinary) lines.push("", "model:", "  objective: regression # the label is a number");
  lines.push("", "policy: # from the prediction to the decision", `  decide: ${decide.formula}${behind(decide.why)}`);
  if (ttl !== null) lines.push("", "join:", `  ttl: ${ttl.text}${behind(ttl.why)}`);
  if (minRows !== null) lines.push("", "training:", `  minRows: ${minRows.rows}${behind(minRows.why)}`);
  if (leftOut.length > 0) {
    lines.push("", "# Left out:");
    for (const { what, why } of leftOut) lines.push(`# - ${onOneLine(what, 80)} ${onOneLine(why)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** A text as YAML reads it: bare where that is the same. */
export const yamlText = (text: string): string =>
  /^[a-zA-Z_][\w .<>=()+*/-]*$/.test(text) && !text.endsWith(" ") && !WORDS.has(text.toLowerCase())
    ? text
    : JSON.stringify(text).replaceAll(
        /[\u007f-\uffff]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );

const WORDS: ReadonlySet<string> = new Set(["true", "false", "null", "yes", "no", "on", "off", "y", "n"]);
