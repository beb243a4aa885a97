/** What is kept of one airport on one day. Delays are minutes, negative where a flight arrived early. */
export type AirportDay = {
  day: string;
  origin: string;
  flights: number;
  late: number;
  mean_delay: number;
  median_delay: number;
  p90_delay: number;
};

/** An airport over all days. */
export type AirportSummary = {
  origin: string;
  days: number;
  flights: number;
  late_percent: number;
  mean_delay: number;
  worst_day: string;
  worst_day_mean: number;
};

/** The parameters of the report. */
export type ReportOptions = { airports: number; least_flights: number; late_minutes: number };
