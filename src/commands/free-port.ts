// Finds a free port, for callers that have to name it before anything listens there.

import { createServer } from 'node:net'

// Below those that systems hand out to programs that ask for any: there another program could get it meanwhile.
const firstPort = 10_000
const ports = 20_000

// Processes that start at the same moment look in different places.
const perProcess = 64
let next = (process.pid * perProcess) % ports

export const freePort = async (): Promise<number> => {
  for (let looks = 0; looks < ports; looks += 1) {
    const port = firstPort + next
    next = (next + 1) % ports
    if (await isFree(port)) return port
  }
  throw new Error('no port is free')
}

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
