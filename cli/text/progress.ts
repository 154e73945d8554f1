import cliProgress from "cli-progress";

export interface Progress {
  /** `done` of the total so far, with a few words on the present work. */
  update(done: number, text?: string): void;
  stop(): void;
}

export interface ProgressOptions {
  /** False for output that a program reads (`--json`). */
  readonly enabled?: boolean;
  readonly stream?: NodeJS.WriteStream;
}

const silent: Progress = { update: () => undefined, stop: () => undefined };

/** A bar for long work, on stderr; a plain count when the total is not known. Silent if stderr is not a terminal. */
export function progress(label: string, total: number | null, options: ProgressOptions = {}): Progress {
  const stream = options.stream ?? process.stderr;
  if (options.enabled === false || !stream.isTTY) return silent;
  const counted = total === null || total <= 0;
  const bar = new cliProgress.SingleBar(
    {
      format: counted ? "{label} {value} {text}" : "{label} [{bar}] {percentage}% {value}/{total} {text}",
      stream,
      // A hidden cursor stays hidden when the program is killed.
      hideCursor: false,
      barsize: 30,
      fps: 5,
      formatValue: (value, _options, type) =>
        type === "value" || type === "total" ? value.toLocaleString("en") : `${value}`,
    },
    cliProgress.Presets.rect,
  );
  bar.start(counted ? 0 : total, 0, { label, text: "" });
  let words = "";
  return {
    update(done, text) {
      words = text ?? words;
      bar.update(done, { label, text: words });
    },
    stop() {
      bar.stop();
    },
  };
}
