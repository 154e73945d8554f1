import { pino, type DestinationStream, type Logger } from "pino";
import { Outages, withoutSecrets } from "../../streams/index.ts";

/** JSON lines on stdout for programs; the same on stderr beside a terminal's text. No password is in them. */
export function createLog(json: boolean, destination: DestinationStream = pino.destination(json ? 1 : 2)): Logger {
  return pino(
    { name: "loopstream", base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line) => void destination.write(withoutSecrets(line)) },
  );
}

/** For commands that have no log of their own: what they wait for is said on stderr. */
export function outagesOnStderr(): Outages {
  return new Outages(createLog(false));
}
