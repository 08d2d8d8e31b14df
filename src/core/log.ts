// The log, as the core sees it; pino fits. Never log bodies, headers, tokens, names or amounts.

type Line = (facts: object, message: string) => void

export type Log = { debug: Line; info: Line; warn: Line; error: Line }
