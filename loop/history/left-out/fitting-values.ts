import { recordLimits } from "../../../schemas/index.ts";
import { setOwn, type Published } from "../../../streams/index.ts";
import { recordProblem, type Cell } from "../lines/records.ts";

const { nameBytes, textBytes, mapEntries, valueBytes } = recordLimits;

type Values = Record<string, Cell>;
type Make = (values: Values) => readonly Published<unknown>[];

/**
 * Records of a line that is over a limit, made without undeclared columns: first those that are over a limit by
 * themselves, then the largest ones until the rest fits. `undefined`: the declared columns alone do not fit.
 * @param onLeftOut called once for each column, with the reason in words that follow its name
 */
export function fittingRecords(
  values: Values,
  isDeclared: (name: string) => boolean,
  make: Make,
  onLeftOut: (column: string, reason: string) => void,
): readonly Published<unknown>[] | undefined {
  if (!fits(make(only(values, isDeclared)))) return undefined;
  const left = new Map<string, string>();
  const beside: { readonly name: string; readonly bytes: number }[] = [];
  for (const [name, cell] of Object.entries(values)) {
    if (isDeclared(name)) continue;
    const [ofName, ofText] = [Buffer.byteLength(name), typeof cell === "string" ? Buffer.byteLength(cell) : 8];
    if (ofName > nameBytes) left.set(name, `has a name of more than ${nameBytes} bytes`);
    else if (ofText > textBytes) left.set(name, `holds more than ${textBytes} bytes`);
    else beside.push({ name, bytes: ofName + ofText });
  }
  beside.sort((a, b) => a.bytes - b.bytes || (a.name < b.name ? -1 : 1));
  for (;;) {
    const records = make(only(values, (name) => !left.has(name)));
    if (fits(records)) {
      for (const [column, reason] of left) onLeftOut(column, reason);
      return records;
    }
    const more = Math.max(...records.map(({ value }) => entriesOf(value))) - mapEntries;
    const over = Math.max(...records.map(({ topic, value }) => topic.type.toBuffer(value).length)) - valueBytes;
    const reason =
      more > 0
        ? `would be one of more than ${mapEntries} entries`
        : `would make the record larger than ${valueBytes} bytes`;
    for (let [count, bytes] = [0, 0]; count === 0 || count < more || bytes < over; count += 1) {
      const one = beside.pop();
      if (one === undefined) break;
      left.set(one.name, reason);
      bytes += one.bytes;
    }
  }
}

const fits = (records: readonly Published<unknown>[]): boolean =>
  records.every((record) => recordProblem(record) === undefined);

function only(values: Values, isWanted: (name: string) => boolean): Values {
  const some: Values = {};
  for (const [name, cell] of Object.entries(values)) if (isWanted(name)) setOwn(some, name, cell);
  return some;
}

/** Of a context, an observation's values or an event's attributes. */
function entriesOf(value: unknown): number {
  const { context, values, attributes } = value as Readonly<Record<string, object | undefined>>;
  return Object.keys(context ?? values ?? attributes ?? {}).length;
}
