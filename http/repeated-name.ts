/**
 * The place of a name that an object of this JSON has twice, like `context.days`; `undefined`: there is none.
 * `JSON.parse` keeps the last value and says nothing.
 * @param text is valid
 * @param value the same, parsed
 */
export function repeatedName(text: string, value: unknown): string | undefined {
  // The names of the text are counted; a closer look is taken only where the value has fewer.
  return namesIn(text) === namesOf(value) ? undefined : placeOf(text);
}

/** Texts that a colon follows. */
function namesIn(text: string): number {
  let count = 0;
  for (let from = text.indexOf('"'); from >= 0;) {
    const end = endOf(text, from);
    const next = afterSpace(text, end);
    if (text.charCodeAt(next) === COLON) count++;
    from = text.indexOf('"', next);
  }
  return count;
}

function namesOf(value: unknown): number {
  if (!isBranch(value)) return 0;
  let count = 0;
  // Lists in lists may be deeper than calls.
  const open: object[] = [value];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const inside: unknown[] = Array.isArray(at) ? at : Object.values(at);
    if (inside !== at) count += inside.length;
    for (const one of inside) if (isBranch(one)) open.push(one);
  }
  return count;
}

const isBranch = (value: unknown): value is object => typeof value === "object" && value !== null;

/** An object or a list that is open, with its names so far, and the present name or number in it. */
interface Open {
  readonly names: Set<string> | undefined;
  step: string | number;
}

function placeOf(text: string): string | undefined {
  const open: Open[] = [];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === "{") open.push({ names: new Set(), step: "" });
    else if (sign === "[") open.push({ names: undefined, step: 0 });
    else if (sign === "}" || sign === "]") open.pop();
    else if (sign === ",") nextItem(open.at(-1)!);
    else if (sign === '"') {
      const end = endOf(text, at);
      const { names } = open.at(-1) ?? {};
      if (names !== undefined && text.charCodeAt(afterSpace(text, end)) === COLON) {
        const name = JSON.parse(text.slice(at, end)) as string;
        open.at(-1)!.step = name;
        if (names.has(name)) return open.map(({ step }) => step).join(".");
        names.add(name);
      }
      at = end - 1;
    }
  }
  return undefined;
}

function nextItem(open: Open): void {
  if (typeof open.step === "number") open.step++;
}

/** The end of the text that begins here, behind its quotation mark. */
function endOf(text: string, from: number): number {
  let end = text.indexOf('"', from + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

/** An odd number of backslashes stands before it. */
function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text.charCodeAt(before - 1) === BACKSLASH) before--;
  return (at - before) % 2 === 1;
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (SPACES.has(text.charCodeAt(at))) at++;
  return at;
}

const [COLON, BACKSLASH] = [0x3a, 0x5c];
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
