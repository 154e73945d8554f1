/** A number for a person; with `of`, 950 of 1,000. */
export function many(count: number, of?: number): string {
  const text = count.toLocaleString("en");
  return of === undefined ? text : `${text} of ${of.toLocaleString("en")}`;
}

/** A share for a person: 24 %, 0.3 %. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value === 0 || value >= 10 ? Math.round(value) : Number(value.toPrecision(2))} %`;
}

/** A text on one line of a comment, cut to a readable length. */
export function onOneLine(text: string, most = 200): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\uFEFF\uD800-\uDFFF]+/gu, " ").trim();
  return plain.length <= most ? plain : `${plain.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** The name of a column in a comment: in quotes where it is no plain word. */
export const shownName = (name: string): string =>
  /^[\w.-]{1,80}$/.test(name) ? name : onOneLine(JSON.stringify(name), 80);
