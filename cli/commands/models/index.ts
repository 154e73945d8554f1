import { defineGroup } from "../../define-command.ts";
import { bundleCommand } from "./bundle.ts";
import { canaryCommand } from "./canary.ts";
import { importModelCommand } from "./import.ts";
import { ladderCommand } from "./ladder.ts";
import { listCommand } from "./list.ts";
import { promoteCommand } from "./promote.ts";
import { rebuildCommand } from "./rebuild.ts";
import { servedCommand } from "./served.ts";
import { shadowCommand } from "./shadow.ts";
import { showCommand } from "./show.ts";
import { withdrawCommand } from "./withdraw.ts";

export const modelsCommands = defineGroup("models", "trained models, their evidence and their states", [
  ...[
    listCommand,
    importModelCommand,
    showCommand,
    servedCommand,
    rebuildCommand,
    withdrawCommand,
    promoteCommand,
    canaryCommand,
    shadowCommand,
    ladderCommand,
    bundleCommand,
  ],
]);
