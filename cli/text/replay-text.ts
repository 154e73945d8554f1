import type { ReplayResult } from "../../loop/index.ts";

/** The results of a replay, and the topic with its rows. */
export function replayText(result: ReplayResult): string {
  const n = (value: number): string => value.toLocaleString("en");
  const time = (ms: number): string => new Date(ms).toISOString();
  const { rows, decisions, expired, waiting, late, deadLetters, blueprintVersion, missing, newer } = result;
  const { notShown = 0 } = result;
  const partial = rows.partial ?? 0;
  const all = rows.provisional + rows.mature + rows.corrected + partial;
  return [
    `decisions     ${n(decisions)} of ${result.useCase}, ${time(result.from)} to ${time(result.to)}, ` +
      (blueprintVersion === null ? "by the versions that were live" : `by version ${blueprintVersion}`),
    `rows          ${n(all)}: ${n(rows.mature)} mature, ${n(rows.provisional)} provisional, ${n(rows.corrected)} corrected` +
      (partial === 0 ? "" : `, ${n(partial)} partial`),
    `expired       ${n(expired)} without a label; ${n(waiting)} still wait for theirs` +
      (notShown === 0 ? "" : `; ${n(notShown)} deferred ones without a row: not activated, or without a label`),
    `dead letters  ${n(deadLetters)}; ${n(late)} records came later than --lateness`,
    `rows topic    ${result.rowsTopic}`,
    `rows sha256   ${result.rowsSha256}`,
    ...missing.map((line) => `missing       ${line}`),
    ...(newer === null
      ? []
      : [
          `since then    ${n(newer.requests)} requests, ${n(newer.observations)} observations and ${n(newer.events)} events came, up to ` +
            `${time(newer.until)}: they are not in it; --fresh makes it again with them`,
        ]),
    `leaves        topics ${result.replay}-…, which nothing removes: see replay.md`,
    `took          ${result.seconds} s, ${n(result.decisionsPerSecond)} decisions/s, ${n(result.timesLive)} times as fast as live`,
  ].join("\n");
}
