const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;
/** Those that a text of several lines has. */
const LAYOUT = new Set(["\n", "\r", "\t"]);

const escaped = (sign: string): string => {
  const json = JSON.stringify(sign).slice(1, -1);
  return json === sign ? `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}` : json;
};

/** A text for one line: names and values come from others, and must neither end the line nor steer the terminal. */
export const visibleLine = (text: string): string => text.replace(CONTROLS, escaped);

/** A text of several lines, in which a character that can't be seen is told. */
export const visible = (text: string): string =>
  text.replace(CONTROLS, (sign) => (LAYOUT.has(sign) ? sign : escaped(sign)));
