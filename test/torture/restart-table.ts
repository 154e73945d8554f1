import type { Restart } from "./restarts.ts";

const HEAD = ["fault", "plain restart, s", "restart after it, s", "difference, s", "of each round, s"];

/** A line a fault: medians over its rounds, until every partition had answered, and how the differences are spread. */
export function restartTable(restarts: readonly Restart[]): string {
  const rows = [...Map.groupBy(restarts, ({ fault }) => fault)].map(([fault, rounds]) => {
    const plain = median(rounds.map((round) => round.plainMs));
    const after = median(rounds.map((round) => round.afterMs));
    const differences = rounds.map((round) => round.afterMs - round.plainMs);
    const spread = [Math.min(...differences), Math.max(...differences)].map(seconds).join(" to ");
    return [fault, seconds(plain), seconds(after), seconds(median(differences)), spread];
  });
  const widths = HEAD.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join(" | ")} |`;
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(HEAD), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(2);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
