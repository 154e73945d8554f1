import { defineGroup } from "../../define-command.ts";
import { listCommand } from "./list.ts";
import { readCommand } from "./read.ts";
import { repartitionCommand } from "./repartition.ts";

export const topicsCommands = defineGroup("topics", "topics: list them, read their records", [
  ...[listCommand, readCommand, repartitionCommand],
]);
