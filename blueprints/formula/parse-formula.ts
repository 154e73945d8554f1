import { lostNumber } from "../lost-number.ts";
import { BOUNDS } from "../defaults.ts";
import { isNullLiteral, OPERATORS, type BinaryOperator, type FormulaNode, type FormulaValue } from "./ast.ts";
import { callNode } from "./call-node.ts";
import { operatorHint } from "./other-languages.ts";
import { FormulaError } from "./formula-error.ts";
import { tokenize, unquote, type Token } from "./tokens.ts";

const { formulaLength: MAX_FORMULA_LENGTH, formulaTokens: MAX_TOKENS, formulaNesting: MAX_NESTING } = BOUNDS;

const [OR, AND, , COMPARING, ADDING, MULTIPLYING] = OPERATORS;
const COMPARISONS: ReadonlySet<string> = new Set(COMPARING);
const CONSTANTS: ReadonlyMap<string, FormulaValue> = new Map<string, FormulaValue>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

const JOIN = "join two values with an operator, such as + or and";
const isAfterValue = (token: Token | undefined): boolean =>
  token !== undefined && (token.kind !== "symbol" || token.text === ")");

/**
 * Levels, the loosest first: `or`, `and`, `not`, one comparison, `+ -`, `* / %`, unary minus. Comparisons don't chain.
 * Throws `FormulaError` at the first token that does not fit.
 */
export function parseFormula(formula: string): FormulaNode {
  if (formula.length > MAX_FORMULA_LENGTH) {
    throw new FormulaError(
      formula.slice(0, 40),
      MAX_FORMULA_LENGTH,
      `a formula has at most ${MAX_FORMULA_LENGTH} characters, this one ${formula.length}`,
    );
  }
  const tokens = tokenize(formula);
  const excess = tokens[MAX_TOKENS];
  if (excess !== undefined) {
    throw new FormulaError(formula, excess.start + 1, `more than ${MAX_TOKENS} tokens`, "split it into named formulas");
  }
  let at = 0;
  let nesting = 0;

  const peek = (): Token => tokens[Math.min(at, tokens.length - 1)] as Token;
  const isWord = (text: string): boolean => peek().text === text && peek().kind !== "string";
  const take = (): Token => {
    const token = peek();
    at++;
    return token;
  };
  /** Parentheses that are open at this place. */
  const open = (): number => {
    const before = tokens.slice(0, at).filter(({ kind }) => kind === "symbol");
    return before.filter(({ text }) => text === "(").length - before.filter(({ text }) => text === ")").length;
  };
  /** The right notation for the text at this place. */
  const hintAt = (token: Token): string | null => {
    const before = tokens[at - 1];
    if (before?.text === "%" && before.kind === "symbol") {
      const number = tokens[at - 2];
      const share = number?.kind === "number" ? Number(number.text) / 100 : 0.25;
      return `a percentage is written as a number: ${Number(share.toPrecision(12))}`;
    }
    if (token.text === "," && token.kind === "symbol" && nesting === 0) return "a number is written with a point: 0.5";
    if (token.kind === "end") return open() > 0 ? "close the parenthesis" : "something is missing at its end";
    if (token.text === ")" && token.kind === "symbol" && open() === 0) return "no parenthesis is open here";
    if (token.kind === "symbol") return null;
    return (token.kind === "name" ? operatorHint(token.text) : null) ?? (isAfterValue(tokens[at - 1]) ? JOIN : null);
  };
  const unexpected = (wanted: string): FormulaError => {
    const token = peek();
    const found = token.kind === "end" ? "the formula ends here" : `found ${token.text}`;
    return new FormulaError(formula, token.start + 1, `expected ${wanted}, ${found}`, hintAt(token));
  };
  const expect = (text: string, wanted: string): Token => {
    if (!isWord(text)) throw unexpected(wanted);
    return take();
  };
  const nested = (parse: () => FormulaNode): FormulaNode => {
    if (++nesting > MAX_NESTING) {
      throw new FormulaError(formula, peek().start + 1, `more than ${MAX_NESTING} levels of nesting`);
    }
    const node = parse();
    nesting--;
    return node;
  };
  const binary = (operator: string, left: FormulaNode, right: FormulaNode): FormulaNode => ({
    kind: "binary",
    operator: operator as BinaryOperator,
    left,
    right,
    start: left.start,
    end: right.end,
  });
  const leftAssociative = (operators: readonly string[], operand: () => FormulaNode): FormulaNode => {
    let left = operand();
    while (operators.some(isWord)) left = binary(take().text, left, operand());
    return left;
  };

  const either = (): FormulaNode => leftAssociative(OR, both);
  const both = (): FormulaNode => leftAssociative(AND, negation);
  const negation = (): FormulaNode => {
    if (!isWord("not")) return comparison();
    const { start } = take();
    const operand = nested(negation);
    return { kind: "not", operand, start, end: operand.end };
  };
  const comparison = (): FormulaNode => {
    const left = sum();
    if (!COMPARISONS.has(peek().text) || peek().kind !== "symbol") return left;
    const operator = take();
    const right = sum();
    if (COMPARISONS.has(peek().text) && peek().kind === "symbol") {
      throw new FormulaError(formula, peek().start + 1, "comparisons don't chain", "join them with and");
    }
    if ((isNullLiteral(left) || isNullLiteral(right)) && operator.text !== "==" && operator.text !== "!=") {
      throw new FormulaError(formula, operator.start + 1, "null has no order", "compare it with == or !=");
    }
    return binary(operator.text, left, right);
  };
  const sum = (): FormulaNode => leftAssociative(ADDING, product);
  const product = (): FormulaNode => leftAssociative(MULTIPLYING, signed);
  const signed = (): FormulaNode => {
    if (!isWord("-")) return primary();
    const { start } = take();
    const operand = nested(signed);
    return { kind: "negate", operand, start, end: operand.end };
  };
  const primary = (): FormulaNode => {
    const token = peek();
    const { start, end } = token;
    if (token.kind === "number") {
      take();
      const value = Number(token.text);
      const lost = lostNumber(token.text);
      if (lost !== undefined) throw new FormulaError(formula, start + 1, lost.what, lost.hint);
      return { kind: "literal", value, start, end };
    }
    if (token.kind === "string") {
      take();
      return { kind: "literal", value: unquote(token.text), start, end };
    }
    if (isWord("(")) {
      take();
      const inner = nested(either);
      const close = expect(")", "a closing parenthesis");
      return { ...inner, start, end: close.end };
    }
    if (token.kind !== "name" || isWord("and") || isWord("or")) throw unexpected("a value");
    take();
    const constant = CONSTANTS.get(token.text);
    if (constant !== undefined) return { kind: "literal", value: constant, start, end };
    if (isWord("(")) return call(token);
    if (token.text === "if") throw unexpected("an opening parenthesis after if");
    return { kind: "name", name: token.text, start, end };
  };
  const call = (name: Token): FormulaNode => {
    expect("(", "an opening parenthesis");
    const args: FormulaNode[] = [];
    if (!isWord(")")) {
      do args.push(nested(either));
      while (isWord(",") && take());
    }
    const { end } = expect(")", "a comma or a closing parenthesis");
    return callNode(formula, name, args, end);
  };

  const root = either();
  if (peek().kind !== "end") throw unexpected("an operator or the end");
  return root;
}
