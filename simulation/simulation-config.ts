import type { ScenarioName } from './scenarios';

export interface SimulationConfig {
  /** Share of Norway's 23,000 providers, 0.001 to 1. */
  readonly providers: number;
  /**
   * Share of the full volume of bills (120 M per year for all providers), 0.001 to 1; reduces practice days, not bills
   * per day.
   */
  readonly volume: number;
  readonly controlsPerYear: number;
  readonly years: number;
  readonly seed: number;
  /** First month of service, YYYY-MM. */
  readonly firstMonth: string;
  /** The standard scenario if left out; the others are for benchmarks. */
  readonly scenario?: ScenarioName;
}

export const DEMO_CONFIG: SimulationConfig = {
  providers: 0.1,
  volume: 0.02,
  controlsPerYear: 400,
  years: 4,
  seed: 20240101,
  firstMonth: '2021-01',
};

/** All of Norway: every provider and bill, about eighty concluded control cases per year. */
export const NATIONAL_CONFIG: SimulationConfig = {
  providers: 1,
  volume: 1,
  controlsPerYear: 80,
  years: 3,
  seed: 20240101,
  firstMonth: '2022-01',
};

export const monthsOf = (config: SimulationConfig): number => config.years * 12;

/** The calendar month `offset` months after the first one, as YYYY-MM. */
export function monthAt(config: SimulationConfig, offset: number): string {
  const [year = 2021, month = 1] = config.firstMonth.split('-').map(Number);
  const index = year * 12 + month - 1 + offset;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
}
