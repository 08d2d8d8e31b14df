// What `npm test` prints: a line for each file with the seconds that it took, and what failed in full.

import { spec, type TestEvent } from 'node:test/reporters'

const inFull = ['test:fail', 'test:stderr', 'test:diagnostic', 'test:summary']

export default async function* (events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const told = new spec()
  for await (const { type, data } of events) {
    if (type === 'test:complete') {
      const { passed, duration_ms: ms } = data.details
      yield `${passed ? 'ok  ' : 'FAIL'} ${(ms / 1000).toFixed(1).padStart(6)} s  ${data.name}\n`
    }
    if (inFull.includes(type)) told.write({ type, data })
    yield String(told.read() ?? '')
  }
  yield* told.end()
}
