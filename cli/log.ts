import { pino, type Logger } from "pino";
import { Outages } from "../streams/index.ts";

/** JSON lines on stdout for programs; the same on stderr beside a terminal's text. */
export function createLog(json: boolean): Logger {
  return pino(
    { name: "loopstream", base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(json ? 1 : 2),
  );
}

/** For commands that have no log of their own: what they wait for is said on stderr. */
export function outagesOnStderr(): Outages {
  return new Outages(createLog(false));
}
