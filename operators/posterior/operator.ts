import type { CompiledBlueprint, CompiledPosterior } from "../../blueprints/index.ts";
import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { rowId, rowsTopic } from "../../rows/index.ts";
import { posteriors, posteriorUpdates } from "../../schemas/index.ts";
import { defineOperator, type StoreSpec } from "../../streams/index.ts";
import { bytesOfDoubles, doublesOf, posteriorKey } from "../globals/index.ts";
import { changeOf, decodeOption, encodeOption, newOption, takeUpdate, type Learnt, type OptionSums } from "./logic.ts";

const learntStore: StoreSpec<Learnt> = {
  encode: ({ decisionTime, y }) => bytesOfDoubles(Float64Array.of(decisionTime, y)),
  decode(bytes) {
    const [decisionTime, y] = doublesOf(bytes) as unknown as [number, number];
    return { decisionTime, y };
  },
};

/**
 * Rows in, what each changes in the weights of its option out. Rows of versions whose features or label mean something
 * else change nothing. A corrected row changes its decision's part alone; it is known until no correction can come.
 */
export const posteriorChanges = ({ blueprint }: CompiledBlueprint, posterior: CompiledPosterior) =>
  defineOperator({
    name: "posterior-changes",
    in: { rows: rowsTopic({ blueprint }) },
    out: { updates: posteriorUpdates(blueprint.useCase, posterior.id) },
    state: { learnt: learntStore },
    globals: { blueprints: blueprintTable },
    reads: { rows: ({ value }) => [["learnt", rowId(value)]] },
    handlers: {
      rows(records, context) {
        const versions = validBlueprints(context.globals.blueprints);
        for (const record of records) {
          const { value: row, time } = record;
          const of = versions.version(blueprint.useCase, row["blueprintVersion"] as string)?.blueprint;
          if (of === undefined || !posterior.counts(of)) continue;
          const id = rowId(row);
          const before = context.state.learnt.get(id);
          const { update, now } = changeOf(row, posterior, before);
          if (update === undefined) continue;
          if (now === undefined) context.state.learnt.delete(id);
          else {
            context.state.learnt.put(id, now);
            context.schedule(now.decisionTime + of.join.ttlMs, id, record);
          }
          context.emit("updates", { key: update.optionId ?? "", value: update, time, headers: {} });
        }
      },
    },
    timerReads: ({ key }) => [["learnt", key]],
    onTimer({ key, time }, context) {
      const known = context.state.learnt.get(key);
      // The id was decided anew: that decision has a timer of its own.
      if (known !== undefined && known.decisionTime < time) context.state.learnt.delete(key);
    },
  });

const optionStore = (dimensions: number): StoreSpec<OptionSums> => ({
  encode: encodeOption,
  decode: (bytes) => decodeOption(bytes, dimensions),
});

/** Changes in, the weights of options out: their states, fewer and fewer as rows become many. */
export const posteriorSums = (
  { blueprint: { useCase } }: CompiledBlueprint,
  { id, dimensions, features }: CompiledPosterior,
) =>
  defineOperator({
    name: "posterior-sums",
    in: { updates: posteriorUpdates(useCase, id) },
    out: { posteriors },
    state: { options: optionStore(dimensions) },
    globals: {},
    reads: { updates: ({ key }) => [["options", key]] },
    handlers: {
      updates(records, context) {
        const changed = new Map<string, OptionSums>();
        for (const record of records) {
          const { key, value: update } = record;
          const option = changed.get(key) ?? context.state.options.get(key) ?? newOption(dimensions);
          changed.set(key, option);
          if (!takeUpdate(option, update, record.time)) continue;
          const { sums, updates, latest } = option;
          const { optionId } = update;
          context.emit("posteriors", {
            key: posteriorKey({ useCase, posterior: id, optionId, updates }),
            value: {
              ...{ useCase, posterior: id, optionId, updates, rows: sums.rows, features: [...features] },
              ...{ squares: [...sums.squares], products: [...sums.products] },
            },
            time: latest,
            headers: {},
          });
        }
        for (const [key, option] of changed) context.state.options.put(key, option);
      },
    },
  });
