/**
 * What Ink, React and chalk read from the environment when they are first imported. This file imports nothing, so that it can run before them:
 * `prepareEnvironment(process.env)` first, then `await import(…)` of anything that draws.
 */

type Environment = Record<string, string | undefined>;

/**
 * Removes what would hide or break the screens: `CI` makes Ink draw nothing, `DEV` loads its developer tools, React's development build keeps
 * a performance entry for every render. chalk ignores `NO_COLOR` but obeys `FORCE_COLOR=0`; with both set Node prints a warning across the screen.
 */
export function prepareEnvironment(env: Environment): void {
  delete env.CI;
  delete env.CONTINUOUS_INTEGRATION;
  delete env.DEV;
  env.NODE_ENV = 'production';
  if (env.NO_COLOR) env.FORCE_COLOR = '0';
  delete env.NO_COLOR;
}

const localeOf = (env: Environment): string => env.LC_ALL || env.LC_CTYPE || env.LANG || '';

/** How letters are bytes in this terminal. Node writes UTF-8 whatever the locale; ISO 8859-1, and 8859-15, have å ä ö in the same places. */
export const encodingOf = (env: Environment): 'latin1' | 'utf8' => (/8859-?15?(@|$)/.test(localeOf(env)) ? 'latin1' : 'utf8');

/** Whether the frame must do without arrows, dashes and ticks: asked for with `--ascii`, or the locale is not UTF-8. The letters å ä ö stay. */
export function needsAscii(isAsked: boolean, env: Environment): boolean {
  return isAsked || !/utf-?8/i.test(localeOf(env));
}
