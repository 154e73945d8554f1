import { silent, withoutSecrets, type Log } from "../../streams/index.ts";

const say =
  (level: string) =>
  (fields: object, message: string): void =>
    void process.stderr.write(`loopstream ${level}: ${withoutSecrets(`${message} ${JSON.stringify(fields)}`)}\n`);

/** Warnings and errors, for a product that names no log. */
export const stderrLog: Log = Object.freeze({ info: silent.info, warn: say("warning"), error: say("error") });
