import { pino, type DestinationStream, type Logger } from "pino";
import { Outages, withoutSecrets } from "../../streams/index.ts";

/** JSON lines on stdout for programs; the same on stderr beside a terminal's text. No password is in them. */
export function createLog(json: boolean, destination: DestinationStream = pino.destination(json ? 1 : 2)): Logger {
  return pino(
    { name: "loopstream", base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line) => void destination.write(withoutSecrets(line)) },
  );
}

/** For commands without a log of their own: writes to stderr what they wait for. */
export function outagesOnStderr(): Outages {
  return new Outages(createLog(false));
}
