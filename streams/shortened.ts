/** The text without the stops at its end: another sentence goes on behind it. */
export const withoutStops = (text: string): string => text.replace(/\.+$/, "");

/** The text, or as much of it as fits into so many bytes of UTF-8; never half a character. */
export function shortened(text: string, mostBytes: number): string {
  if (text.length * 3 <= mostBytes || Buffer.byteLength(text) <= mostBytes) return text;
  const bytes = Buffer.from(text.slice(0, mostBytes));
  let end = Math.min(mostBytes, bytes.length);
  while (end > 0 && end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}
