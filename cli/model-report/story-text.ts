import { table } from "../text/table.ts";
import type { Bars, Story } from "./chapter.ts";

/** Characters of the longest bar. */
const LONGEST = 30;
/** For the first bar of a row, and the second. */
const INKS = ["█", "░"] as const;

/** For a terminal. */
export function storyText({ title, chapters }: Story): string {
  const parts = chapters.map((chapter) =>
    [
      chapter.title.toUpperCase(),
      ...chapter.sentences,
      ...(chapter.bars === undefined ? [] : [barsText(chapter.bars)]),
      ...(chapter.table === undefined ? [] : [table(chapter.table.head, chapter.table.rows)]),
    ].join("\n"),
  );
  return [title, ...parts].join("\n\n");
}

function barsText({ rows, legend }: Bars): string {
  const longest = Math.max(...rows.flatMap(({ lengths }) => lengths), Number.MIN_VALUE);
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  const lines = rows.flatMap(({ name, lengths, said }) =>
    lengths.map((length, at) => {
      const bar = INKS[at]!.repeat(Math.max(1, Math.round((length / longest) * LONGEST)));
      return at === 0 ? `${name.padEnd(width)}  ${bar.padEnd(LONGEST)}  ${said}` : `${" ".repeat(width)}  ${bar}`;
    }),
  );
  const inks = legend?.map((each, at) => `${INKS[at]!} ${each}`).join("  ");
  return [...(inks === undefined ? [] : [inks]), ...lines].join("\n");
}
