/** A row of the station's record. */
export type RawDay = {
  date: string;
  precipitation: number;
  temp_max: number;
  temp_min: number;
  wind: number;
  weather: string;
};

export type CleanDay = {
  date: string;
  precipitation_mm: number;
  temp_max_c: number;
  temp_min_c: number;
  temp_mean_c: number;
  wind_m_s: number;
  sky: string;
};

/** A day beside the days before it. */
export type DayFeatures = {
  date: string;
  precipitation_mm: number;
  temp_max_c: number;
  temp_min_c: number;
  temp_mean_c: number;
  days_before: number;
  mean_before_c: number | null;
  /** How much warmer the day is than the days before it. */
  warming_c: number | null;
  rain_before_mm: number;
  dry_days_before: number;
};

export type MonthReport = {
  month: string;
  days: number;
  mean_c: number;
  warmest_c: number;
  coldest_c: number;
  rain_mm: number;
  wet_days: number;
  longest_dry: number;
};
