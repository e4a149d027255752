/** `[####----]` with `width` cells; full only when all is done. */
export function bar(fraction: number, width: number): string {
  const filled = fraction >= 1 ? width : Math.min(width - 1, Math.floor(fraction * width));
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`;
}

/** `58 %` with a no-break space; 100 only when all is done. */
export const percent = (fraction: number): string => `${fraction >= 1 ? 100 : Math.min(99, Math.floor(fraction * 100))}\u00a0%`;
