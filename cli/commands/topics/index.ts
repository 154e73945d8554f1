import { defineGroup } from "../../define-command.ts";
import { listCommand } from "./list.ts";
import { readCommand } from "./read.ts";
import { removeCommand } from "./remove.ts";
import { repartitionCommand } from "./repartition.ts";

export const topicsCommands = defineGroup("topics", "topics: list them, read their records, remove those of a replay", [
  ...[listCommand, readCommand, removeCommand, repartitionCommand],
]);
