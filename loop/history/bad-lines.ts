import { basename } from "node:path";
import { deadLetters, DomainError } from "../../schemas/index.ts";
import { deadLetter, type Published } from "../../streams/index.ts";
import type { BadLine } from "./lines/history-step.ts";

/** The dead letter of a line that could not be used, with the file as the topic and the line as the offset. */
export function letterOfLine({ file, line, problem, text }: Omit<BadLine, "name">, time: number): Published<unknown> {
  const place = { topic: basename(file), partition: -1, offset: line };
  const record = { key: null, value: Buffer.from(text), headers: {} };
  const value = deadLetter(place, "import", new DomainError("BAD_LINE", problem), record);
  return { topic: deadLetters, key: `${value.topic}/${line}`, value, time };
}
