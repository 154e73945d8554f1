import { flag } from "./flag.ts";
import { parseHoldout } from "./numbers.ts";
import { parseTime } from "./times.ts";

/** The flags of `models import`. */
export const importModelFlags = {
  useCase: flag("--use-case <name>", "whose decisions it is for", { required: true }),
  onnx: flag("--onnx <file>", "the model", { required: true }),
  trainedUntil: flag(
    "--trained-until <time>",
    "it was trained on no row decided after this time: only those judge it",
    {
      parse: parseTime,
    },
  ),
  features: flag(
    "--features <file>",
    "JSON list of the columns' names (default: the file's metadata, else the blueprint's features in their order)",
  ),
  categories: flag(
    "--categories <file>",
    "JSON object of the texts of each category, in the order of their numbers (default: the file's metadata)",
  ),
  output: flag(
    "--output <name>",
    "the output that predicts the label (default: the one named by it, prediction, or the only float)",
  ),
  until: flag("--until <time>", "only rows complete by then judge it; it is valid after it (default: now)", {
    parse: parseTime,
  }),
  blueprintVersion: flag("--blueprint <version>", "blueprint version (default: the one live at --until)"),
  rows: flag("--rows <topic>", "topic of the rows, as a replay printed it (default: the use case's own topic)"),
  holdout: flag("--holdout <share>", "share of the newest rows to judge it by, 0 to 0.9 (0: don't promote)", {
    parse: parseHoldout,
  }),
};
