import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { askedVersion, validBlueprints } from "../../catalogue/index.ts";
import { hashNewestRows, openSpill, rowsTopic, type LeftOut } from "../../rows/index.ts";
import { streamsLimits } from "../../streams/index.ts";
import { HOUR } from "../history/again/ledger.ts";
import { HistoryError, importHistory, type ImportOptions, type ImportResult } from "../history/index.ts";
import type { Walk } from "../history/walk.ts";
import type { Loop } from "../loop.ts";
import { lookAt, type Told } from "./looks.ts";
import { monthsOf, type BacktestMonth, type Span } from "./months.ts";

export interface BacktestOptions
  extends
    Omit<ImportOptions, "tools" | "loop" | "dryRun" | "walk">,
    Pick<Walk, "until" | "closes" | "signal" | "onRequests">,
    Told {
  /** Runs in this process, in mode `exact`, and nothing else trains or publishes history of the use case. */
  readonly loop: Loop;
  /** How often it is asked whether a training is due, ms of event time: a whole part of an hour, or whole hours. Default an hour. */
  readonly stepMs?: number | undefined;
  /** Called behind each step with its end, event time in ms. */
  readonly onStep?: ((time: number) => Promise<void> | void) | undefined;
}

export interface Backtest {
  readonly useCase: string;
  /** The version that was live at the first of the decisions: rows that it can't use are not among the figures. */
  readonly blueprintVersion: string;
  readonly months: readonly BacktestMonth[];
  /** Over the canonical Avro bytes of the newest row of each decision on the topic, in the order of the decision ids. */
  readonly rowsSha256: string;
  readonly imported: ImportResult;
  /** Rows that the figures lack. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * Publishes history in steps of event time, and trains as if it were live: after each step it waits until the loop has
 * handled all of it, and then as long as a training runs that is due by the blueprint. So each decision is made by the
 * model that had been there at its time, and two runs give the same models and rows, bit for bit. A run that was killed
 * goes on from its last step.
 *
 * @returns how the served predictions came true, month by month; `undefined`: the signal has stopped it, and the same
 * call goes on from there
 */
export async function backtest(options: BacktestOptions): Promise<Backtest | undefined> {
  const { loop, blueprint, signal, say, stepMs = HOUR } = options;
  const { useCase, training } = blueprint;
  if (stepMs % HOUR !== 0 && HOUR % stepMs !== 0)
    throw new HistoryError(`stepMs ${stepMs}: divides no hour, nor is it whole hours`);
  if (training.schedule === null && training.freshRows === null)
    say?.(`nothing is trained: training of ${useCase} has neither a schedule nor freshRows`);
  const before = (from: number): Promise<void> => checkModels(loop, useCase, from);
  const after = async (time: number): Promise<void> => {
    await lookAt({ loop, useCase, time, told: options });
    await options.onStep?.(time);
  };
  const { until, closes, onRequests } = options;
  const walk = { stepMs, until, closes, signal, onRequests, before, after };
  const imported = await importHistory({ ...options, tools: loop, walk });
  if (signal?.aborted === true) return undefined;
  const span = spanOf(imported, options);
  const compiled = await versionAt(loop, useCase, span);
  const { months, leftOut } = await monthsOf(loop, compiled, span);
  const room = { bytes: streamsLimits.rowsHeldBytes, spill: openSpill };
  const { sha256: rowsSha256 } = await hashNewestRows(loop.backbone, loop.serdes, rowsTopic(compiled), room);
  return { useCase, blueprintVersion: compiled.blueprint.version, months, rowsSha256, imported, leftOut };
}

/** A training behind the steps would keep all others from being due. */
async function checkModels({ tables }: Loop, useCase: string, from: number): Promise<void> {
  const { models } = await tables();
  const later = [...models.values()].find(
    ({ useCase: its, provenance: { until, imported } }) => its === useCase && imported === null && until > from,
  );
  if (later === undefined) return;
  const [until, begin] = [later.provenance.until, from].map((time) => new Date(time).toISOString());
  throw new HistoryError(
    `model ${later.modelId} of ${useCase} was trained until ${until}, and this history begins at ${begin}: no training would be due. ` +
      "Nothing was published. Run it in a place of its own: another --dir, or another --id on Kafka",
  );
}

/** The times that the files hold. */
function spanOf({ files }: ImportResult, { tables, stepMs = HOUR, until = Infinity }: BacktestOptions): Span {
  const decisions = files.find(({ file }) => file === tables.decisions?.name);
  const from = decisions?.from ?? Number.POSITIVE_INFINITY;
  const to = Math.min(until, (decisions?.to ?? Number.NEGATIVE_INFINITY) + 1);
  const end = Math.max(...files.map((file) => file.to ?? Number.NEGATIVE_INFINITY));
  return { from, to, trainedBy: Math.min(until, end + stepMs) };
}

async function versionAt({ tables }: Loop, useCase: string, { from }: Span): Promise<CompiledBlueprint> {
  const known = validBlueprints((await tables()).blueprints);
  return known.at(useCase, from) ?? askedVersion(known, useCase);
}
