export { backtest, type Backtest, type BacktestOptions } from "./backtest.ts";
export type { BacktestMonth } from "./months.ts";
