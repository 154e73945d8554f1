import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter } from "vitest/node";

/** What a run of the test runner tells beside the figures of its tests. */
export interface Crashes {
  /** Files whose worker a signal ended: V8 or an addon crashed, or the machine took its memory. They have no result. */
  readonly crashed: readonly { readonly file: string; readonly signal: string }[];
  /** Errors that no test of the run threw. */
  readonly otherErrors: number;
}

const ENDED_BY_SIGNAL = /Worker exited unexpectedly with signal (\w+) .*while running test file (.+)$/s;

/** A reporter: writes `Crashes` to the file that `LOOPSTREAM_CRASHES` names. */
export default class CrashReporter implements Reporter {
  onTestRunEnd(_modules: unknown, errors: readonly { readonly message: string; readonly cause?: unknown }[]): void {
    const crashed = errors.flatMap(({ message, cause }) => {
      const [, signal, file] =
        ENDED_BY_SIGNAL.exec((cause as { message?: string } | undefined)?.message ?? message) ?? [];
      return signal === undefined || file === undefined ? [] : [{ file: relative(process.cwd(), file), signal }];
    });
    const told: Crashes = { crashed, otherErrors: errors.length - crashed.length };
    writeFileSync(process.env["LOOPSTREAM_CRASHES"]!, JSON.stringify(told));
  }
}
