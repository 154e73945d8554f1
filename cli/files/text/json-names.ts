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
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Where the text ends whose quote is opened there. */
function closing(text: string, opening: number): number {
  for (let end = text.indexOf('"', opening + 1); ; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
}
