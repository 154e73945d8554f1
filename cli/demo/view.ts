import type { DemoProgress } from "./demo.ts";

/** The live view of a terminal: one line that moves, and lines that stay for every model. */
export interface View {
  progress(progress: DemoProgress): void;
  line(text: string): void;
  close(): void;
}

const EVERY_MS = 200;

/** Without a terminal it says a line for every model and one for every week of event time. */
export function createView(stream: NodeJS.WriteStream): View {
  const started = performance.now();
  let drawn = 0;
  let week = Number.NEGATIVE_INFINITY;
  const text = (progress: DemoProgress): string => {
    const rate = Math.round(progress.requests / ((performance.now() - started) / 1_000));
    const auc = progress.servedAuc === undefined ? "–" : progress.servedAuc.toFixed(4);
    const parts = [
      new Date(progress.time).toISOString().slice(0, 13) + "h",
      `${progress.requests.toLocaleString("en")} decisions (${rate}/s)`,
      `${progress.nulls.toLocaleString("en")} null`,
      `${progress.rows.toLocaleString("en")} rows`,
      `${progress.models} models`,
      `served AUC ${auc}`,
    ];
    return [...parts, ...(progress.training === undefined ? [] : [`training ${progress.training}`])].join(" · ");
  };
  return {
    progress(progress) {
      const now = performance.now();
      if (stream.isTTY) {
        if (now - drawn < EVERY_MS) return;
        drawn = now;
        stream.write(`\r\u001b[K${text(progress).slice(0, (stream.columns ?? 120) - 1)}`);
      } else if (progress.time - week >= 7 * 86_400_000 && progress.training === undefined) {
        week = progress.time;
        stream.write(`${text(progress)}\n`);
      }
    },
    line(line) {
      stream.write(stream.isTTY ? `\r\u001b[K${line}\n` : `${line}\n`);
    },
    close() {
      if (stream.isTTY) stream.write("\r\u001b[K");
    },
  };
}
