/** The name that a flat JSON object has twice, of which a parser keeps the last value alone; `undefined`: none. @param names how many it has, each once */
export function repeatedName(text: string, names: number): string | undefined {
  if (namesIn(text) === names) return undefined;
  const seen = new Set<string>();
  let repeated: string | undefined;
  namesIn(text, (name) => {
    if (seen.has(name)) repeated ??= name;
    seen.add(name);
  });
  return repeated;
}

/** The same for an object that holds lists or objects: their names do not count as its own. */
export function repeatedOuterName(text: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BRACE || code === BRACKET) depth += 1;
    else if (code === BRACE + 2 || code === BRACKET + 2) depth -= 1;
    if (code !== QUOTE) continue;
    const opening = at;
    at = closing(text, opening);
    let next = at + 1;
    while (text.charCodeAt(next) <= BLANK) next += 1;
    if (depth > 1 || text.charCodeAt(next) !== COLON) continue;
    const name = JSON.parse(text.slice(opening, at + 1)) as string;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

/** A name that any object of a JSON text has twice, at whatever depth; `undefined`: none. */
export function repeatedNameIn(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BRACE || code === BRACKET) open.push(new Set());
    else if (code === BRACE + 2 || code === BRACKET + 2) open.pop();
    if (code !== QUOTE) continue;
    const opening = at;
    at = closing(text, opening);
    let next = at + 1;
    while (text.charCodeAt(next) <= BLANK) next += 1;
    if (text.charCodeAt(next) !== COLON) continue;
    const name = JSON.parse(text.slice(opening, at + 1)) as string;
    const names = open.at(-1);
    if (names?.has(name) === true) return name;
    names?.add(name);
  }
  return undefined;
}

/** @returns how many texts there are with a colon behind them */
function namesIn(text: string, tell?: (name: string) => void): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0;) {
    const end = closing(text, at);
    let next = end + 1;
    while (text.charCodeAt(next) <= BLANK) next += 1;
    if (text.charCodeAt(next) === COLON) {
      count += 1;
      tell?.(JSON.parse(text.slice(at, end + 1)) as string);
    }
    at = text.indexOf('"', next);
  }
  return count;
}

const BLANK = 0x20;
const QUOTE = 0x22;
const COLON = 0x3a;
/** Their closing ones are two further. */
const [BRACE, BRACKET] = [0x7b, 0x5b];
const BACKSLASH = 0x5c;

/** The position of the quote that ends the text opened at `opening`. */
function closing(text: string, opening: number): number {
  for (let end = text.indexOf('"', opening + 1); ; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
}
