import { spanText } from "../text/progress.ts";
import { stderrLine, type LineOwner, type StatusLine } from "../terminal/status-line.ts";
import type { DemoProgress } from "./demo.ts";

/** The live view: one line that moves on a terminal, and lines that stay for every model. */
export interface View {
  progress(progress: DemoProgress): void;
  line(text: string): void;
  close(): void;
}

const EVERY_MS = 200;
/** Without a terminal. */
const LINE_EVERY_MS = 10_000;

/** Event times of the whole run, ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Without a terminal it says a line for every model, and every ten seconds how far it is. */
export function createView(span: Span, line: StatusLine = stderrLine): View {
  const started = performance.now();
  const everyMs = line.isTerminal ? EVERY_MS : LINE_EVERY_MS;
  const owner: LineOwner = { shows: true };
  let drawn = line.isTerminal ? Number.NEGATIVE_INFINITY : started;
  let first: { readonly at: number; readonly share: number } | undefined;
  const shareAt = (time: number): number => Math.min(1, Math.max(0, (time - span.from) / (span.to - span.from)));
  const restText = (now: number, share: number): string => {
    first ??= { at: now, share };
    const done = share - first.share;
    return done < 0.01 || share >= 1 ? "" : `about ${spanText(((now - first.at) * (1 - share)) / done)} left`;
  };
  const text = (shown: DemoProgress, now: number): string => {
    const share = shareAt(shown.time);
    const rate = Math.round(shown.requests / ((now - started) / 1_000));
    const auc = shown.servedAuc === undefined ? "–" : shown.servedAuc.toFixed(4);
    const parts = [
      `${Math.floor(share * 100)} %`,
      restText(now, share),
      new Date(shown.time).toISOString().slice(0, 13) + "h",
      `${shown.requests.toLocaleString("en")} decisions (${rate}/s)`,
      `${shown.nulls.toLocaleString("en")} null`,
      `${shown.rows.toLocaleString("en")} rows`,
      `${shown.models} models`,
      `served AUC ${auc}`,
      shown.training === undefined ? "" : `training ${shown.training}`,
    ];
    return parts.filter((part) => part !== "").join(" · ");
  };
  line.enter(owner);
  return {
    progress(shown) {
      const now = performance.now();
      if (now - drawn < everyMs) return;
      drawn = now;
      if (line.isTerminal) line.show(text(shown, now));
      else line.write(text(shown, now));
    },
    line: (said) => line.write(said),
    close: () => line.leave(owner),
  };
}
