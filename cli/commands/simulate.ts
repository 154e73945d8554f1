import { defineCommand } from "../define-command.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { flag } from "../flags/flag.ts";
import { whole } from "../flags/numbers.ts";
import { parseTime } from "../flags/times.ts";
import { stopOnSignals } from "../process/stopping.ts";
import { FIRST_DAY } from "../simulator/readers.ts";
import { simulate } from "../simulator/simulate.ts";
import { createLog } from "../text/log.ts";
import { dayText, toldText } from "../text/simulation-text.ts";

const DAY = 86_400_000;

export const simulateCommand = defineCommand({
  name: "simulate",
  about:
    "play a news app that asks a running loop over HTTP and reports what came of it: the product of docs/tutorial.md",
  flags: {
    url: flag("--url <url>", "where the loop answers HTTP", { default: "http://localhost:8080" }),
    useCase: flag("--use-case <name>", "which blueprint is asked", { default: "prefetch" }),
    from: flag("--from <date>", "the first day, from 2025-01-06 on", { default: "2025-01-06", parse: parseTime }),
    days: flag("--days <number>", "how many days", { default: "14", parse: whole(1, 300) }),
    seed: flag("--seed <number>", "another seed is another set of readers", { default: "1", parse: whole(0, 2 ** 31) }),
    token: flag("--token <token>", "of a producer, where the port asks for one"),
  },
  async run({ output, flags: { url, useCase, from, days, seed, token } }) {
    if (!URL.canParse(url)) throw new UsageError(`--url ${url}: write an address like http://localhost:8080`);
    if (from < FIRST_DAY || from % DAY !== 0)
      throw new UsageError("--from: write a day from 2025-01-06 on, like 2025-01-20");
    const { signal } = stopOnSignals(createLog(output.json));
    const onDay = (day: Parameters<typeof dayText>[0]): void => output.say(dayText(day));
    const told = await simulate({ url, useCase, from, days, seed, token, signal, onDay });
    output.result(told, toldText);
    return signal.aborted ? exitCodes.stopped : exitCodes.ok;
  },
});
