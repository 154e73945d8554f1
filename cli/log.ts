import { pino, type Logger } from "pino";

/** JSON lines on stdout for programs; the same on stderr beside a terminal's text. */
export function createLog(json: boolean): Logger {
  return pino(
    { name: "loopstream", base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(json ? 1 : 2),
  );
}
