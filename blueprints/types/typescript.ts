/** Text of TypeScript declarations, laid out as prettier does by default. */

const WIDTH = 80;
const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$]*$/;
/**
 * Signs that are no letters, numbers or marks of one column each, and the backslash. They are escaped: nobody sees a
 * control sign, and some editors reorder a line by one.
 */
const ESCAPED =
  /[^\p{L}\p{N}\p{P}\p{S} ]|\p{Extended_Pictographic}|[\\\u1100-\u115f\u2329\u232a]|[\u2e80-\u{10ffff}]/gu;

/** A text as a literal type. No text ends it early. */
export function literal(text: string): string {
  const doubles = text.split('"').length;
  const quote = doubles > text.split("'").length ? "'" : '"';
  return `${quote}${text.replace(ESCAPED, escaped).replaceAll(quote, `\\${quote}`)}${quote}`;
}

function escaped(character: string): string {
  if (character === "\\") return "\\\\";
  const code = character.codePointAt(0)!.toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
}

/** A text in a comment of one line: no text ends the comment. */
export const commented = (text: string): string => text.replace(ESCAPED, escaped).replaceAll("*/", "*\\/");

/** The name of a property. */
export const propertyName = (name: string): string => (IDENTIFIER.test(name) ? name : literal(name));

/** A property with its type, which is the union of some types. */
export interface Property {
  readonly name: string;
  /** The value need not be there. */
  readonly optional?: boolean;
  readonly type: readonly string[] | readonly Property[];
}

/** `export type NAME = …;` */
export const typeAlias = (name: string, type: readonly string[]): string => union(`export type ${name} =`, "", type);

/** `export interface NAME { … }`, or a type without properties if there are none. */
export const interfaceOf = (name: string, properties: readonly Property[]): string =>
  properties.length === 0
    ? typeAlias(name, [NOTHING])
    : [`export interface ${name} {`, ...properties.map((each) => property(each, "  ")), "}"].join("\n");

/** An empty interface takes any object. */
const NOTHING = "Readonly<Record<string, never>>";

function property({ name, optional = false, type }: Property, indent: string): string {
  const head = `${indent}readonly ${propertyName(name)}${optional ? "?" : ""}:`;
  if (!isNested(type)) return union(head, indent, type);
  if (type.length === 0) return union(head, indent, [NOTHING]);
  return [`${head} {`, ...type.map((each) => property(each, `${indent}  `)), `${indent}};`].join("\n");
}

const isNested = (type: Property["type"]): type is readonly Property[] => typeof type[0] !== "string";

function union(head: string, indent: string, types: readonly string[]): string {
  const line = `${head} ${types.join(" | ")};`;
  if (line.length <= WIDTH) return line;
  const below = `${indent}  ${types.join(" | ")};`;
  if (head.endsWith(":") && types.length > 1 && below.length <= WIDTH) return `${head}\n${below}`;
  if (types.length > 1) return [head, ...types.map((type) => `${indent}  | ${type}`)].join("\n").concat(";");
  return head.endsWith("=") ? `${head}\n${indent}  ${types[0]};` : line;
}
