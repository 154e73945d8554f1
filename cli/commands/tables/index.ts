import { defineGroup } from "../../define-command.ts";
import { deleteCommand } from "./delete.ts";
import { getCommand } from "./get.ts";
import { importCommand } from "./import.ts";
import { listCommand } from "./list.ts";
import { putCommand } from "./put.ts";

export const tablesCommands = defineGroup("tables", "reference tables: rows that decisions look up", [
  ...[listCommand, putCommand, importCommand, getCommand, deleteCommand],
]);
