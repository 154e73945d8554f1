import { basename } from "node:path";
import { deadLetters } from "../../schemas/index.ts";
import { fittingLetter, type Published } from "../../streams/index.ts";
import type { BadLine } from "./lines/line-maker.ts";

/** The dead letter of a line that could not be used, with the file as the topic and the line as the offset. */
export function letterOfLine({ file, line, problem, text }: BadLine, time: number): Published<unknown> {
  const value = fittingLetter({
    topic: basename(file),
    partition: -1,
    offset: line,
    operator: "import",
    code: "BAD_LINE",
    message: problem,
    key: null,
    value: Buffer.from(text),
    headers: {},
    cut: false,
  });
  return { topic: deadLetters, key: `${value.topic}/${line}`, value, time };
}
