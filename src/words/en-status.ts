// What `factuurbrug status` prints, in English.

export const statusWords = {
  status: {
    /** `name`: as commands and the API have it. */
    state: (name: string, _words: string) => name,
    oldest: (since: string) => `oldest since ${since}`,
    review: (since: string) => `Review since ${since}: what comes in waits until you release it.`,
    live: (since: string) => `Live since ${since}: what comes in is sent.`,
    nothing: 'Nothing needs a person.',
    needs: (count: number) => `${count} need a person:`,
    portal: 'Portal',
    refused: 'it refuses PORTAL_TOKEN, so deliveries pause. Make a new API key.',
    down: (since: string) => `it has not answered since ${since}, so deliveries pause. They go on by themselves.`,
    noSandbox: 'The sandbox may not be running: `npm run sandbox` starts it.',
    paused: (seconds: number) => `it asked for a pause, for another ${seconds} s.`,
    filling: (pages: number) =>
      `it is being read for the first time, ${pages} ${pages === 1 ? 'page' : 'pages'} so far. Deliveries begin when that is done.`,
    tool: (name: string) => `Tool ${name}`,
    webhooks: (address: string) => `on, webhooks to ${address}`,
    asked: 'on, asked for news every few minutes',
    off: 'off',
    /** What `check` found, in four letters. */
    found: { ok: 'ok', note: 'note', bad: 'FAIL' },
    warning: (check: string) => `Warning (${check})`
  }
}
