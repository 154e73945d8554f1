import { pino, type DestinationStream } from "pino";
import { Outages, withoutSecrets, type Log } from "../../streams/index.ts";
import { stderrLine } from "../terminal/status-line.ts";
import { textLog } from "../terminal/text-log.ts";
import { currentVoice, type LogFormat } from "../terminal/voice.ts";

export interface LogOptions {
  readonly format?: LogFormat;
  /** Of JSON lines. */
  readonly destination?: DestinationStream;
}

/**
 * The log of a command. Text is for people, on stderr. JSON lines are for programs: on stdout with `--json`, on stderr
 * otherwise. No password is in it.
 */
export function createLog(json: boolean, { format = currentVoice().logFormat, destination }: LogOptions = {}): Log {
  const asText = format === "text" || (format === "auto" && !json && stderrLine.isTerminal);
  if (asText) {
    const colours = stderrLine.isTerminal && process.env["NO_COLOR"] === undefined;
    return textLog({ write: (line) => stderrLine.write(line), colours });
  }
  const to = destination ?? pino.destination(json ? 1 : 2);
  return pino(
    { name: "loopstream", base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line) => stderrLine.above(() => void to.write(withoutSecrets(line))) },
  );
}

/** For commands without a log of their own: writes to stderr what they wait for. */
export function outagesOnStderr(): Outages {
  return new Outages(createLog(false));
}
