import { defineGroup } from "../../define-command.ts";
import { applyCommand } from "./apply.ts";
import { checkCommand } from "./check.ts";
import { compareCommand } from "./compare.ts";
import { compatibleCommand } from "./compatible.ts";
import { costCommand } from "./cost.ts";
import { diffCommand } from "./diff.ts";
import { estimateCommand } from "./estimate.ts";
import { listCommand } from "./list.ts";
import { modeCommand } from "./mode.ts";
import { paramsCommand } from "./params.ts";
import { promoteCommand } from "./promote.ts";
import { publishCommand } from "./publish.ts";
import { rollbackCommand } from "./rollback.ts";
import { shadowCommand } from "./shadow.ts";
import { showCommand } from "./show.ts";
import { suggestCommand } from "./suggest.ts";
import { withdrawCommand } from "./withdraw.ts";

export const blueprintCommands = defineGroup(
  "blueprint",
  "blueprint versions: suggest, check, publish, apply, estimate, measure, try in shadow and compare, promote, roll back, withdraw",
  [
    ...[
      suggestCommand,
      checkCommand,
      publishCommand,
      applyCommand,
      listCommand,
      showCommand,
      diffCommand,
      compatibleCommand,
    ],
    ...[
      costCommand,
      estimateCommand,
      shadowCommand,
      compareCommand,
      promoteCommand,
      paramsCommand,
      modeCommand,
      rollbackCommand,
      withdrawCommand,
    ],
  ],
);
