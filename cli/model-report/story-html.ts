import type { Bars, Chapter, Story } from "./chapter.ts";

const STYLE = `body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2530; background: #fff }
h1 { font-size: 1.3rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; font-size: 0.9rem } th, td { text-align: left; padding: 0.2rem 0.8rem 0.2rem 0; border-bottom: 1px solid #d5dbe1; vertical-align: top }
td.number { text-align: right; font-variant-numeric: tabular-nums }
svg { max-width: 100%; height: auto } svg text { font-size: 13px; fill: #1c2530 } .first { fill: #2364aa } .second { fill: #e08e45 }`;

/** A page of its own: it loads nothing. */
export function storyHtml({ title, chapters }: Story): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${chapters.map(chapterHtml).join("\n")}
</body>
</html>
`;
}

function chapterHtml({ title, sentences, bars, table }: Chapter): string {
  const parts = [
    `<h2>${escaped(title)}</h2>`,
    ...sentences.map((sentence) => `<p>${escaped(sentence)}</p>`),
    ...(bars === undefined ? [] : [barsSvg(bars, title)]),
    ...(table === undefined ? [] : [tableHtml(table)]),
  ];
  return `<section>\n${parts.join("\n")}\n</section>`;
}

function tableHtml({ head, rows }: NonNullable<Chapter["table"]>): string {
  const cell = (value: string | number): string =>
    `<td${typeof value === "number" ? ' class="number"' : ""}>${escaped(String(value))}</td>`;
  const lines = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`);
  return `<table>\n<thead><tr>${head.map((each) => `<th scope="col">${escaped(each)}</th>`).join("")}</tr></thead>\n<tbody>\n${lines.join("\n")}\n</tbody>\n</table>`;
}

const INKS = ["first", "second"] as const;
/** In pixels. */
const [NAMES, LONGEST, SAID, LINE] = [230, 300, 330, 22] as const;

function barsSvg({ rows, legend }: Bars, title: string): string {
  const longest = Math.max(...rows.flatMap(({ lengths }) => lengths), Number.MIN_VALUE);
  const top = legend === undefined ? 0 : LINE;
  const each = (at: number): string => {
    const { name, lengths, said } = rows[at]!;
    const y = top + at * LINE;
    const height = (LINE - 6) / lengths.length;
    const bars = lengths.map(
      (length, bar) =>
        `<rect class="${INKS[bar]!}" x="${NAMES}" y="${y + 3 + bar * height}" width="${Math.max(1, (length / longest) * LONGEST).toFixed(1)}" height="${height}"/>`,
    );
    return `<text x="0" y="${y + 16}">${escaped(clipped(name))}<title>${escaped(name)}</title></text>${bars.join("")}<text x="${NAMES + LONGEST + 10}" y="${y + 16}">${escaped(said)}</text>`;
  };
  const key = legend?.map(
    (text, at) =>
      `<rect class="${INKS[at]!}" x="${NAMES + at * 120}" y="4" width="12" height="12"/><text x="${NAMES + at * 120 + 18}" y="15">${escaped(text)}</text>`,
  );
  const height = top + rows.length * LINE;
  return `<svg role="img" aria-label="${escaped(title)}" viewBox="0 0 ${NAMES + LONGEST + SAID} ${height}" width="${NAMES + LONGEST + SAID}" height="${height}">\n${[...(key ?? []), ...rows.map((_, at) => each(at))].join("\n")}\n</svg>`;
}

const clipped = (name: string): string => (name.length > 32 ? `${name.slice(0, 31)}…` : name);

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
