/** @returns e.g. `0 %`, `0.3 %`, `12 %` */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value === 100) return `${value} %`;
  if (value > 100) return `${Math.round(value)} %`;
  if (value < 0.1) return '< 0.1 %';
  return value < 10 || value > 99 ? `${value.toFixed(1)} %` : `${Math.round(value)} %`;
}
