import { defineGroup } from "../../define-command.ts";
import { checkCommand } from "./check.ts";
import { listCommand } from "./list.ts";
import { publishCommand } from "./publish.ts";
import { showCommand } from "./show.ts";
import { suggestCommand } from "./suggest.ts";
import { withdrawCommand } from "./withdraw.ts";

export const blueprintCommands = defineGroup(
  "blueprint",
  "blueprint versions: suggest, check, publish, list, show, withdraw",
  [...[suggestCommand, checkCommand, publishCommand, listCommand, showCommand, withdrawCommand]],
);
