/**
 * `npm run bench:rankings [-- --rounds 10 --seconds 10 --rate 100 --rankings 50 --options 100 --until 2013-01-08 --embedded --brokers HOST:PORT --registry URL]`
 *
 * How long do rankings take, and do they slow the decisions beside them? The loop runs as a process of its own, on a Kafka of the benchmark's own unless told
 * otherwise, with a model of flights and one of options with 50 features each. This process asks it for decisions about flights at a steady rate, in rounds alone
 * and in rounds with rankings at a rate of their own, in turn. Prints p50, p90 and p99 of both, and the ratios to decisions alone.
 */
import { parseArgs } from "node:util";
import { compared, quantile } from "./compare.ts";
import { openLivePlace } from "./live-place.ts";
import { candidates, rankingContext, rankingWork, USE_CASE } from "./ranking-work.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "10" },
    seconds: { type: "string", default: "10" },
    rate: { type: "string", default: "100" },
    rankings: { type: "string", default: "50" },
    options: { type: "string", default: "100" },
    until: { type: "string", default: "2013-01-08" },
    embedded: { type: "boolean", default: false },
    brokers: { type: "string" },
    registry: { type: "string" },
  },
});
const numbers = [flags.rounds, flags.seconds, flags.rate, flags.rankings, flags.options].map(Number);
const [rounds, seconds, rate, rankings, options] = numbers as [number, number, number, number, number];
const place = await openLivePlace(flags, [rankingWork()]);

/** The requests of a round are made before it. */
function rankingsOf(round: number): (i: number) => Promise<unknown> {
  const asked = Array.from({ length: Math.ceil(rankings * (seconds + 1)) }, (_, i) => {
    const n = round * 100_000 + i;
    return { unit: `u${n % 500}`, context: rankingContext(n), candidates: candidates(n, options) };
  });
  return async (i) => {
    const ranking = await place.client.getRanking(USE_CASE, asked[i]!, { timeout: 10_000 });
    if (ranking.reason !== "exploit") throw new Error(`a ranking was not made by the model: ${ranking.reason}`);
  };
}

try {
  await Promise.all([place.ask(rate, seconds), place.ask(rankings, seconds, rankingsOf(-1))]);
  const alone: (readonly number[])[] = [];
  const beside: (readonly number[])[] = [];
  const ranked: (readonly number[])[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const isRanking of round % 2 === 0 ? [false, true] : [true, false]) {
      if (!isRanking) {
        alone.push(await place.ask(rate, seconds));
        continue;
      }
      const askRanking = rankingsOf(round);
      const both = await Promise.all([place.ask(rate, seconds), place.ask(rankings, seconds, askRanking)]);
      beside.push(both[0]);
      ranked.push(both[1]);
    }
    const p99 = [alone, beside, ranked].map((each) => quantile(each.at(-1)!, 0.99).toFixed(1));
    console.error(`round ${round + 1} of ${rounds}: p99 ${p99[0]} alone, ${p99[1]} beside, ${p99[2]} ms of rankings`);
  }
  console.log(
    `${rate} decisions a second, and ${rankings} rankings of ${options} options with 50 features each; ${rounds} rounds of ` +
      `${seconds} s, ${place.kind}\n`,
  );
  console.log(compared(alone, { "decisions beside rankings": beside, rankings: ranked }));
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await place.close();
  // Connections to a closed log are left to the end of the process.
  process.exit();
}
