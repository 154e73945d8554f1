import { sampleSalt, unitPlace } from "../../../blueprints/index.ts";
import type { Tools } from "../../../loop/index.ts";
import {
  episodesOfRows,
  LeftOutRows,
  type LeftOut,
  openSpill,
  rowsInOrder,
  rowsTopic,
  StepsHash,
  stepsInOrder,
} from "../../../rows/index.ts";
import { DomainError, type EpisodeStep, type TrainingRow } from "../../../schemas/index.ts";
import { streamsLimits } from "../../../streams/index.ts";
import { episodeTable } from "../../files/index.ts";
import { exportTable, type DecisionsExport } from "./export-table.ts";

export interface EpisodesExport extends Omit<DecisionsExport, "onTaken"> {
  /** Rows that the episodes are made of; absent: the steps are those of the episodes' topic. */
  readonly rows: string | undefined;
  /** Of rows: the event time by which an episode is over or not, ms. */
  readonly until: number;
  /** Share of the steps that are written, 0 to 1. */
  readonly sample: number;
}

export interface ExportedEpisodes extends ReturnType<StepsHash["end"]> {
  readonly written: number;
  /** Rows that are no steps, of `rows`. */
  readonly leftOut: readonly LeftOut[];
  /** Rows without the key that decisions follow each other by, of `rows`. */
  readonly withoutKey: number;
}

/**
 * Writes steps of episodes to a file. A sample is of steps that are whole: what came next and the time to it stay those of
 * the episode.
 *
 * @returns the number of steps that were written, and the figures of all
 */
export async function exportEpisodes(
  { backbone, serdes }: Pick<Tools, "backbone" | "serdes">,
  { compiled, known, from, to, rows, until, sample, ...options }: EpisodesExport,
): Promise<ExportedEpisodes> {
  if (compiled.episodes === null) {
    const { useCase, version } = compiled.blueprint;
    throw new DomainError("NO_EPISODES", `${useCase} ${version} has no section episodes`);
  }
  const room = { bytes: streamsLimits.rowsHeldBytes, spill: openSpill };
  const hash = new StepsHash(compiled);
  const salt = sampleSalt(compiled.blueprint.useCase);
  const leftOut = new LeftOutRows(compiled.blueprint, known);
  let withoutKey = 0;
  async function* wanted(): AsyncGenerator<EpisodeStep> {
    const steps = rows === undefined ? stepsInOrder(backbone, serdes, compiled, room) : ofRows(rows);
    for await (const step of steps) {
      hash.take(step);
      const { decisionTime: time, decisionId } = step;
      if (time >= from && time < to && (sample >= 1 || unitPlace(salt, decisionId) < sample)) yield step;
    }
  }
  async function* ofRows(name: string): AsyncGenerator<EpisodeStep> {
    const all: TrainingRow[] = [];
    const everything = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, asOf: until };
    const given = { topic: rowsTopic(compiled, name), ...everything, leftOut, ...room };
    for await (const row of rowsInOrder(backbone, serdes, compiled, known, given)) {
      const of = known.version(compiled.blueprint.useCase, row["blueprintVersion"] as string);
      if (of === undefined || !compiled.episodes!.counts(of.blueprint))
        leftOut.other(row["blueprintVersion"] as string);
      else if (compiled.episodes!.keyOf(row) === null) withoutKey++;
      else all.push(row);
    }
    yield* episodesOfRows(compiled, all, until);
  }
  const written = await exportTable(wanted(), episodeTable(compiled), options);
  return { written, ...hash.end(), leftOut: leftOut.all(), withoutKey };
}
