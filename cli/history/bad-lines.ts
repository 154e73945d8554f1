import { basename } from "node:path";
import { deadLetters } from "../../schemas/index.ts";
import { fittingLetter, type Publisher } from "../../streams/index.ts";
import type { BadLine } from "./read-history.ts";

/** Lines that could not be used become dead letters, with the file as the topic and the line as the offset. */
export async function buryLines(publisher: Publisher, lines: readonly BadLine[], time: number): Promise<void> {
  await publisher.publish(
    lines.map(({ file, line, problem, text }) => {
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
    }),
  );
}
